/** The longest time that new items may delay earlier ones, ms. */
const LONGEST_DELAY_MS = 1000;

/**
 * Runs `begin` for a few items per turn of the event loop, in order, once a turn brings no new items.
 * Node accepts one connection per turn. With thousands of handshakes in every turn the system's queue of connections would
 * stay full, and the system would drop connections that clients consider open.
 */
export const throttled = <T>(perTurn: number, begin: (item: T) => void): ((item: T) => void) => {
  const waiting: T[] = [];
  let arrived = false;
  let latest = 0;
  const turn = (): void => {
    const now = performance.now();
    if (!arrived || now - latest > LONGEST_DELAY_MS) {
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
