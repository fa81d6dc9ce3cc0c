/** How much comes through a throttle: of operations or bytes. */
export interface Bucket {
  /** In one ms. */
  readonly rate: number;
  /** How much passes at once. */
  readonly burst: number;
  /** How long an operation waits at most for its turn, in ms. */
  readonly queue: number;
}

/** What has passed a throttle and is not worked off yet. */
export interface Level {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly amount: number;
}

export const EMPTY: Level = { at: 0, amount: 0 };

/** What an operation does to a bucket: how full it is then, and how long the operation has to wait, in ms. */
export interface Passage {
  readonly level: Level;
  readonly wait: number;
}

/** Passes an operation of size `cost` at the time `now`: at once within the burst, later within the queue; undefined: refused. */
export const pass = (
  { rate, burst, queue }: Bucket,
  level: Level,
  { now, cost }: { now: number; cost: number },
): Passage | undefined => {
  const amount = left(rate, level, now) + cost;
  const wait = Math.max(0, amount - burst) / rate;
  return wait > queue ? undefined : { level: { at: now, amount }, wait };
};

/** What is left of the level at the time `now`; nothing if the clock was set back. */
export const left = (rate: number, { at, amount }: Level, now: number): number =>
  now < at ? 0 : Math.max(0, amount - (now - at) * rate);
