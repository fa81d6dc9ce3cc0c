import type { Candidates } from './scan.ts';
import { SlotSet } from './slot-set.ts';

/** The slots that one lookup found. */
export interface Matches {
  readonly size: number;
  has(slot: number): boolean;
  /** The first match at or after `slot`. From `end` on it need not be found. */
  next(slot: number, end?: number): number | undefined;
}

/** More sets than this are merged into one instead of being asked one by one. */
const MAX_SETS_ASKED = 8;
/** Slots merged at once, in a millisecond or two: a few for the first page, then twice as many each time. */
const WINDOW = { first: 1 << 10, largest: 1 << 13 };

export const none: Matches = { size: 0, has: () => false, next: () => undefined };

/** A match at one slot only. */
export const single = (slot: number): Matches => ({
  size: 1,
  has: (other) => other === slot,
  next: (from) => (from <= slot ? slot : undefined),
});

/** The slots of all parts. No slot may be in two of them. */
export const union = (parts: readonly Matches[]): Matches => {
  const [first = none] = parts;
  if (parts.length <= 1) return first;
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (parts.length > MAX_SETS_ASKED) return mergedByWindow(parts, size);
  return {
    size,
    has: (slot) => parts.some((part) => part.has(slot)),
    next: (from) => smallest(parts.map((part) => part.next(from))),
  };
};

/**
 * The slots in all of `matches`, and those written since the scan began: an index no longer knows what was there then, so
 * the scan tests the row that its view has.
 */
export const candidatesOf = (matches: readonly Matches[]): Candidates => {
  const [rarest = none, ...others] = [...matches].sort((a, b) => a.size - b.size);
  let touched: SlotSet | undefined;
  const next = (from: number): number | undefined => {
    let slot = rarest.next(from);
    while (slot !== undefined && !others.every((other) => other.has(slot ?? 0))) slot = rarest.next(slot + 1);
    return slot;
  };
  return {
    next: (from) => (touched === undefined ? next(from) : smallest([next(from), touched.next(from)])),
    touch: (slot) => {
      touched ??= new SlotSet();
      touched.add(slot);
    },
  };
};

/** Merges only the window that is asked for: the whole may be half a million slots, of which a page needs a hundred. */
const mergedByWindow = (parts: readonly Matches[], size: number): Matches => {
  let [from, to, width] = [0, 0, WINDOW.first];
  let merged = new SlotSet();
  const windowFrom = (slot: number): SlotSet => {
    if (slot >= from && slot < to) return merged;
    [from, to, width] = [slot, slot + width, Math.min(width * 2, WINDOW.largest)];
    merged = new SlotSet();
    for (const part of parts)
      for (let next = part.next(from, to); next !== undefined && next < to; next = part.next(next + 1, to))
        merged.add(next);
    return merged;
  };
  const nextOf = (slot: number): number | undefined => smallest(parts.map((part) => part.next(slot)));
  return {
    size,
    has: (slot) => windowFrom(slot).has(slot),
    next: (slot) => windowFrom(slot).next(slot) ?? nextOf(to),
  };
};

const smallest = (slots: readonly (number | undefined)[]): number | undefined => {
  let min: number | undefined;
  for (const slot of slots) if (slot !== undefined && (min === undefined || slot < min)) min = slot;
  return min;
};
