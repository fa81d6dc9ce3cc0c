import { setImmediate as turn } from 'node:timers/promises';

const SLICE_MS = 4;

/** The same items, with turns of the event loop in between. Throws when `signal` is aborted. */
export async function* withTurns<T>(items: Iterable<T> | AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  let end = performance.now() + SLICE_MS;
  for await (const item of items) {
    signal.throwIfAborted();
    yield item;
    if (performance.now() < end) continue;
    await turn();
    end = performance.now() + SLICE_MS;
  }
}
