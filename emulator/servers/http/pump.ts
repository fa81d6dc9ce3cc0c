import { HubError } from '../../../protocol/errors.ts';

/** How long one slice of work may keep the event loop, in ms. */
const SLICE_MS = 1;

/**
 * Runs a generator to its end in slices, letting others work in between.
 * Throws ClientClosedRequest, inside the generator too, once `gone` says that nobody waits any more.
 */
export const pump = async <T>(work: Generator<unknown, T>, gone: () => boolean): Promise<T> => {
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
