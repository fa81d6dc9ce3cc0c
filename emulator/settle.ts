import { VirtualClock } from './hub/clock.ts';
import type { Hub } from './hub/hub.ts';

/** How long a slow reader is waited for, in ms of the wall clock. */
const PATIENCE = 5_000;

/**
 * Resolves when nothing is due, what has arrived has been worked off, and what the hub has to say is
 * in the hands of the operating system. Gives up on a reader that takes no bytes.
 */
export const settle = async (hub: Hub): Promise<void> => {
  const end = Date.now() + PATIENCE;
  do {
    if (hub.clock instanceof VirtualClock) hub.clock.settle();
    await turn();
    await turn();
  } while (isBusy(hub) && Date.now() < end);
};

const isBusy = (hub: Hub): boolean => {
  const { next } = hub.agenda;
  if (next !== undefined && next <= hub.clock.now()) return true;
  for (const { waiting = 0 } of hub.sessions.live()) if (waiting > 0) return true;
  return false;
};

/** One turn of the event loop: what sockets hold ready is dispatched meanwhile. */
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
