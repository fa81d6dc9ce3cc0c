import { SlotSet } from './slots.ts';
import type { Candidates } from './sweep.ts';

/** Slots found by one lookup. */
export interface Found {
  readonly size: number;
  has(slot: number): boolean;
  /** The first one from `slot` on. */
  next(slot: number): number | undefined;
}

/** More sets than this are poured into one rather than asked one by one. */
const MOST_ASKED = 8;
/** Slots poured at once, in a millisecond or two. */
const WINDOW = 1 << 13;

export const none: Found = { size: 0, has: () => false, next: () => undefined };

/** One slot. */
export const single = (slot: number): Found => ({
  size: 1,
  has: (other) => other === slot,
  next: (from) => (from <= slot ? slot : undefined),
});

/** Everything in any of them, which have nothing in common. */
export const united = (parts: readonly Found[]): Found => {
  const [first = none] = parts;
  if (parts.length <= 1) return first;
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (parts.length > MOST_ASKED) return poured(parts, size);
  return {
    size,
    has: (slot) => parts.some((part) => part.has(slot)),
    next: (from) => smallest(parts.map((part) => part.next(from))),
  };
};

/** Slots in all of `found`, and those that were written since: whether they match, the view of that moment tells. */
export const candidatesOf = (found: readonly Found[]): Candidates => {
  const [rarest = none, ...others] = [...found].sort((a, b) => a.size - b.size);
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

/** Only the part that is looked at is poured: all of it may be half a million slots, of which a page needs a hundred. */
const poured = (parts: readonly Found[], size: number): Found => {
  let from = 0;
  let all: SlotSet | undefined;
  const around = (slot: number): SlotSet => {
    if (all !== undefined && slot >= from && slot < from + WINDOW) return all;
    from = slot - (slot % WINDOW);
    all = new SlotSet();
    for (const part of parts)
      for (let next = part.next(from); next !== undefined && next < from + WINDOW; next = part.next(next + 1))
        all.add(next);
    return all;
  };
  const nextOf = (slot: number): number | undefined => smallest(parts.map((part) => part.next(slot)));
  return {
    size,
    has: (slot) => around(slot).has(slot),
    next: (slot) => around(slot).next(slot) ?? nextOf(from + WINDOW),
  };
};

const smallest = (slots: readonly (number | undefined)[]): number | undefined => {
  let least: number | undefined;
  for (const slot of slots) if (slot !== undefined && (least === undefined || slot < least)) least = slot;
  return least;
};
