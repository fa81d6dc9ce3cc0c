/** How long ago, or how far ahead, in a few letters: `2 s`, `3 min`, `in 5 h`. Both in ms. */
export const ago = (at: number, now: number): string => {
  const ms = now - at;
  if (!Number.isFinite(ms)) return '—';
  if (Math.abs(ms) < 1000) return 'now';
  return ms > 0 ? duration(ms) : `in ${duration(-ms)}`;
};

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** In the largest unit that fits: `41 ms`, `3 min`. */
export const duration = (ms: number): string => {
  const unit = UNITS.find(([, size]) => ms >= size);
  return unit === undefined ? `${Math.round(ms)} ms` : `${Math.floor(ms / unit[1])} ${unit[0]}`;
};

/** The time of day, UTC: `12:04:01`, with milliseconds if asked. */
export const timeOfDay = (at: string | number, withMs = false): string => {
  const iso = toIso(at);
  return iso === undefined ? '—' : iso.slice(11, withMs ? 23 : 19);
};

/** Date and time to the millisecond, UTC. */
export const exact = (at: string | number): string => {
  const iso = toIso(at);
  return iso === undefined ? 'never' : `${iso.slice(0, 10)} ${iso.slice(11, 23)} UTC`;
};

const toIso = (at: string | number): string | undefined => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) || isNever(at) ? undefined : date.toISOString();
};

/** The service writes the year 1 for what has not happened yet. */
export const isNever = (at: string | number | undefined): boolean =>
  at === undefined || (typeof at === 'string' && at.startsWith('0001-'));
