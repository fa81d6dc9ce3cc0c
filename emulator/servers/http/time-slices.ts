import { HubError } from '../../../protocol/errors.ts';

/** How long one slice of work may block the event loop, ms. */
const SLICE_MS = 1;

/**
 * Runs a generator to its end in slices, with turns of the event loop in between.
 * Throws ClientClosedRequest, inside the generator too, once `gone()` is true.
 */
export const runInSlices = async <T>(work: Generator<unknown, T>, gone: () => boolean): Promise<T> => {
  for (;;) {
    const end = performance.now() + SLICE_MS;
    do {
      const step = work.next();
      if (step.done) return step.value;
    } while (performance.now() < end);
    await new Promise((next) => setImmediate(next));
    if (gone()) work.throw(new HubError('ClientClosedRequest', 'The client closed the connection.'));
  }
};
