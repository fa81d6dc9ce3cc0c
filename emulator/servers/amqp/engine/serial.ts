/**
 * Serial numbers of 32 bits that wrap around, as delivery counts and ids are: part 2 §2.8.10,
 * https://www.rfc-editor.org/rfc/rfc1982
 */

export const plus = (serial: number, count: number): number => (serial + count) >>> 0;

/** How far `to` is ahead of `from`, modulo 2^32. */
export const distance = (from: number, to: number): number => (to - from) >>> 0;

/** True if `a` comes before `b`. */
export const isBefore = (a: number, b: number): boolean => ((a - b) | 0) < 0;
