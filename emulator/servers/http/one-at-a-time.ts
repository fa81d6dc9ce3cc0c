import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

/** An answer of any size may take this long to be read, and this much longer for each byte, ms. */
const READ_MS = 60_000;
const READ_MS_PER_BYTE = 1 / 256;

/**
 * The requests of one connection are answered one after the other, each when the answer before has been sent: a client that
 * sends thousands of requests and reads nothing costs the memory of one answer. Such a client is disconnected in the end.
 */
export class OneAtATime {
  readonly #readMs: number;

  /** `readMs`: how long a small answer may take to be read; default 60 s. */
  constructor(readMs: number = READ_MS) {
    this.#readMs = readMs;
  }

  /** Undefined if the request can be answered now; else settles when it can. */
  turn(response: ServerResponse): Promise<void> | undefined {
    // Node gives a connection to one answer after the other
    return response.socket === null ? new Promise((done) => response.once('socket', () => done())) : undefined;
  }

  /** Call when an answer of `bytes` has been written. */
  written(response: ServerResponse, bytes: number): void {
    const { socket } = response;
    if (!socket?.writableNeedDrain) return;
    const timer = setTimeout(() => socket.destroy(), this.#readMs + bytes * READ_MS_PER_BYTE).unref();
    response.once('close', () => clearTimeout(timer));
  }

  /** Call before a stream is sent: the client may leave what was written unread for as long as a small answer. */
  streams(response: ServerResponse, content: Readable): void {
    let timer: NodeJS.Timeout | undefined;
    const stop = (): void => clearTimeout(timer);
    content.on('pause', () => {
      stop();
      timer = setTimeout(() => response.socket?.destroy(), this.#readMs).unref();
    });
    response.on('drain', stop);
    response.once('close', stop);
  }
}
