import type { View } from '../table.ts';
import type { Rows } from './collection.ts';
import type { Test } from './evaluate.ts';

/** Rows looked at between two pauses: well under a millisecond. */
const SLICE = 256;

/** Slots that may hold matching rows, in ascending order. */
export interface Candidates {
  /** The first one from `slot` on; undefined when there is none left. */
  next(slot: number): number | undefined;
  /** Hears of slots that were written since the sweep began. */
  touch(slot: number): void;
}

/** Which rows to look at, and how. */
export interface Sweep<R> {
  readonly rows: Rows<R>;
  readonly from: number;
  /** undefined = every row. */
  readonly candidates: Candidates | undefined;
  readonly test: Test<R> | undefined;
  /** Rows looked at so far; counted up. */
  readonly effort: { examined: number };
}

/**
 * Shows `visit` the rows that pass, by slot, until it says false. Yields between slices, yet the rows are those of the
 * moment it began: a view is opened before the first pause, and nobody writes earlier than that.
 */
export function* sweep<R>(input: Sweep<R>, visit: Visit<R>): Generator<void, void> {
  const { rows, candidates } = input;
  const { end } = rows;
  const look = candidates === undefined ? scan : pick;
  let view: View<R> | undefined;
  let unwatch: (() => void) | undefined;
  try {
    for (let slot = input.from; ; ) {
      slot = look(input, { from: slot, end, source: view ?? rows }, visit);
      if (slot >= end) return;
      view ??= rows.view();
      unwatch ??= candidates && rows.watch((written) => candidates.touch(written));
      yield;
    }
  } finally {
    view?.close();
    unwatch?.();
  }
}

type Visit<R> = (row: R, slot: number) => boolean;

interface Slice<R> {
  readonly from: number;
  readonly end: number;
  readonly source: Pick<View<R>, 'at'>;
}

const DONE = Number.POSITIVE_INFINITY;

/** Looks at a slice of all slots; gives the slot to go on from. A loop of its own, since V8 makes generators slow. */
const scan = <R>({ test, effort }: Sweep<R>, { from, end, source }: Slice<R>, visit: Visit<R>): number => {
  const to = Math.min(from + SLICE, end);
  for (let slot = from; slot < to; slot++) {
    const row = source.at(slot);
    if (row === undefined) continue;
    effort.examined++;
    if ((test === undefined || test(row)) && !visit(row, slot)) return DONE;
  }
  return to;
};

/** Looks at the next candidates, as `scan` does. */
const pick = <R>({ candidates, test, effort }: Sweep<R>, { from, end, source }: Slice<R>, visit: Visit<R>): number => {
  let slot = candidates?.next(from);
  for (let left = SLICE; slot !== undefined && slot < end && left > 0; left--) {
    const row = source.at(slot);
    if (row !== undefined) {
      effort.examined++;
      if ((test === undefined || test(row)) && !visit(row, slot)) return DONE;
    }
    slot = candidates?.next(slot + 1);
  }
  return slot ?? DONE;
};
