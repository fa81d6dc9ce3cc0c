import type { Hub } from '../hub/hub.ts';
import { VirtualClock } from '../kernel/clock.ts';

/** How long to wait for clients that read slowly, in ms of the wall clock. */
const TIMEOUT_MS = 5_000;

/**
 * Resolves when nothing is due, everything that was received is processed, everything that the hub sends has been passed to
 * the operating system, and endpoints of routes have answered. Gives up on those that do not answer, and clients that read
 * nothing.
 */
export const settle = async (hub: Hub): Promise<void> => {
  const end = Date.now() + TIMEOUT_MS;
  do {
    if (hub.clock instanceof VirtualClock) hub.clock.settle();
    await turn();
    await turn();
  } while (isBusy(hub) && Date.now() < end);
};

const isBusy = (hub: Hub): boolean => {
  const { next } = hub.scheduler;
  if (next !== undefined && next <= hub.clock.now()) return true;
  if (hub.outbox.isSending) return true;
  for (const { waiting = 0 } of hub.sessions.live()) if (waiting > 0) return true;
  return false;
};

/** One turn of the event loop, in which data of sockets is processed. */
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
