/** How long newcomers may keep those before them waiting, ms. */
const PATIENCE = 1000;

/**
 * Makes `begin` run for a few items per turn of the event loop, in order, once a turn brings no new ones.
 * Node accepts one connection per turn: with thousands of handshakes in every turn the system's queue of connections
 * would stay full, and it forgets some that clients believe in.
 */
export const paced = <T>(perTurn: number, begin: (item: T) => void): ((item: T) => void) => {
  const waiting: T[] = [];
  let arrived = false;
  let latest = 0;
  const turn = (): void => {
    const now = performance.now();
    if (!arrived || now - latest > PATIENCE) {
      for (const item of waiting.splice(0, perTurn)) begin(item);
      latest = now;
    }
    arrived = false;
    if (waiting.length > 0) setImmediate(turn);
  };
  return (item) => {
    arrived = true;
    if (waiting.push(item) > 1) return;
    latest = performance.now();
    setImmediate(turn);
  };
};
