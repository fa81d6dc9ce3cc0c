import { BlobError } from './blob-error.ts';

/**
 * Ends a request that makes no progress. It has a timer and a controller of its own: the garbage collector may take the
 * signals that `AbortSignal.any` and `AbortSignal.timeout` make, and then they never fire.
 */
export class Watch {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #timeoutMs: number;
  readonly #stop = (): void => this.#controller.abort(this.#outer.reason);
  #timer: NodeJS.Timeout | undefined;
  #isLate = false;

  /** `outer` ends the request too. `timeoutMs`: the longest time between two calls of `progress`. */
  constructor(outer: AbortSignal, timeoutMs: number) {
    this.#outer = outer;
    this.#timeoutMs = timeoutMs;
    if (outer.aborted) this.#stop();
    else outer.addEventListener('abort', this.#stop, { once: true });
    this.progress();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Call when something has arrived. */
  progress(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isLate = true;
      this.#controller.abort();
    }, this.#timeoutMs);
  }

  /** Call when the server is not what is waited for. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Call when the request has ended. */
  end(): void {
    this.pause();
    this.#outer.removeEventListener('abort', this.#stop);
  }

  /** What to throw for an error of the request. */
  explain(action: string, error: unknown): unknown {
    if (error instanceof BlobError) return error;
    if (this.#isLate) return new BlobError(`${action}: no answer within ${this.#timeoutMs} ms`);
    return new BlobError(`${action}: ${reason(error)}`);
  }
}

const reason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
};

/** The same pieces; the server must send each in time, the reader may take as long as it likes. */
export async function* watched(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  watch: Watch,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    watch.pause();
    yield piece;
    watch.progress();
  }
}
