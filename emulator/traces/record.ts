import { HubError } from '../../protocol/errors.ts';
import type { Hub } from '../hub/hub.ts';
import { Recorder } from '../hub/trace/recorder.ts';
import type { Log } from '../log.ts';
import { version } from '../version.ts';
import type { TraceSink } from './trace-file.ts';

/** Bytes of lines, before they are compressed. */
export const MAX_TRACE_BYTES = 256 * 1024 ** 2;

interface RecordingParts {
  /** For messages: `The trace run.trace`. */
  readonly name: string;
  readonly log: Log;
  readonly maxBytes?: number | undefined;
}

/** A hub that is being recorded, until it is closed or the trace is as large as it may be. */
export class Recording<Sink extends TraceSink = TraceSink> {
  readonly sink: Sink;
  readonly since: number;
  readonly #parts: RecordingParts;
  readonly #recorder: Recorder;
  #hasBegun = false;
  #bytes = 0;
  #isFull = false;
  #isStopped = false;

  /** Writes the state of the hub at once. Throws GenericRequestEntityTooLarge if that is more than a trace may be. */
  constructor(hub: Hub, sink: Sink, parts: RecordingParts) {
    this.sink = sink;
    this.since = hub.clock.now();
    this.#parts = parts;
    this.#recorder = new Recorder(hub, {
      by: version(),
      options: hub.settings,
      write: (line) => this.#write(line),
    });
    this.#hasBegun = true;
  }

  get inputs(): number {
    return this.#recorder.inputs;
  }

  /** Of its lines, before they are compressed. */
  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Writes the end. The hub goes on. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#recorder.stop();
  }

  /** Stops, and resolves when all is written. */
  async close(): Promise<void> {
    this.stop();
    await this.sink.close().catch(() => {}); // it has been told
  }

  #write(line: string): void {
    this.#bytes += line.length;
    this.sink.write(line);
    const { maxBytes = MAX_TRACE_BYTES } = this.#parts;
    if (this.#isFull || this.#isStopped || (this.#bytes <= maxBytes && !this.sink.isFull)) return;
    if (!this.#hasBegun) throw tooLarge(maxBytes);
    this.#isFull = true;
    queueMicrotask(() => this.#end());
  }

  #end(): void {
    if (this.#isStopped) return;
    const { log, name } = this.#parts;
    log.warn(`${name} is full: what the hub gets from now on is not recorded`, { bytes: this.#bytes });
    this.stop();
  }
}

const tooLarge = (maxBytes: number): HubError =>
  new HubError(
    'GenericRequestEntityTooLarge',
    `The state of the hub alone is more than a trace may be: ${maxBytes} bytes.`,
  );
