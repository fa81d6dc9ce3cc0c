import type { View } from '../../kernel/table.ts';
import type { Rows } from './collection.ts';
import type { Test } from './evaluate.ts';
import type { Prefetch } from './prefetch.ts';

/** Rows examined between two pauses: well under a millisecond. */
const SLICE = 256;

/** Slots that may hold matching rows, in ascending order. */
export interface Candidates {
  /** The first candidate at or after `slot`; undefined if there is none left. */
  next(slot: number): number | undefined;
  /** Called for each slot that is written after the scan began. */
  touch(slot: number): void;
}

/** Which rows to examine, and how. */
export interface Scan<R> {
  readonly rows: Rows<R>;
  readonly from: number;
  /** undefined: every row. */
  readonly candidates: Candidates | undefined;
  readonly test: Test<R> | undefined;
  /** The number of rows examined so far; the scan increases it. */
  readonly stats: { examined: number };
  /** Reads what `visit` will read, of a slice of rows. */
  readonly prefetch?: Prefetch<R> | undefined;
}

/**
 * Calls `visit` with the matching rows, in the order of their slots, until it returns false. Yields between slices, but the
 * rows are those of the first step: the view is opened before the first pause, and nothing is written before that.
 */
export function* scan<R>(input: Scan<R>, visit: Visit<R>): Generator<void, void> {
  const { rows, candidates } = input;
  const { end } = rows;
  const scanNext = candidates === undefined ? scanSlice : scanCandidates;
  const ahead = prefetchInto<R>(input);
  let view: View<R> | undefined;
  let unwatch: (() => void) | undefined;
  try {
    for (let slot = input.from; ; ) {
      const slice = { from: slot, end, source: view ?? rows };
      ahead?.(slice);
      slot = scanNext(input, slice, visit);
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

/** Examines a slice of all slots; returns the slot to go on from. Not in the generator, where V8 runs loops slowly. */
const scanSlice = <R>({ test, stats }: Scan<R>, { from, end, source }: Slice<R>, visit: Visit<R>): number => {
  const to = Math.min(from + SLICE, end);
  for (let slot = from; slot < to; slot++) {
    const row = source.at(slot);
    if (row === undefined) continue;
    stats.examined++;
    if ((test === undefined || test(row)) && !visit(row, slot)) return DONE;
  }
  return to;
};

/** Reads a slice ahead, if that was asked for. All slices share an array: one for each would be most of a scan's garbage. */
const prefetchInto = <R>({ prefetch, candidates }: Scan<R>): ((slice: Slice<R>) => void) | undefined => {
  if (prefetch === undefined || candidates !== undefined) return undefined;
  const rows = new Array<R | undefined>(SLICE).fill(undefined);
  return ({ from, source }) => {
    for (let i = 0; i < SLICE; i++) rows[i] = source.at(from + i);
    prefetch(rows);
  };
};

/** Like `scanSlice`, for the next candidates. */
const scanCandidates = <R>(
  { candidates, test, stats }: Scan<R>,
  { from, end, source }: Slice<R>,
  visit: Visit<R>,
): number => {
  let slot = candidates?.next(from);
  for (let left = SLICE; slot !== undefined && slot < end && left > 0; left--) {
    const row = source.at(slot);
    if (row !== undefined) {
      stats.examined++;
      if ((test === undefined || test(row)) && !visit(row, slot)) return DONE;
    }
    slot = candidates?.next(slot + 1);
  }
  return slot ?? DONE;
};
