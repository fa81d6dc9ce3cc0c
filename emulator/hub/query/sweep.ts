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
export function* sweep<R>(input: Sweep<R>, visit: (row: R, slot: number) => boolean): Generator<void, void> {
  const { rows, candidates, test, effort } = input;
  const { end } = rows;
  let view: View<R> | undefined;
  let unwatch: (() => void) | undefined;
  let examined = 0;
  try {
    let left = SLICE;
    for (let slot = first(candidates, input.from); slot < end; slot = first(candidates, slot + 1)) {
      if (left-- === 0) {
        view ??= rows.view();
        unwatch ??= candidates && rows.watch((written) => candidates.touch(written));
        left = SLICE;
        yield;
      }
      const row = view === undefined ? rows.at(slot) : view.at(slot);
      if (row === undefined) continue;
      examined++;
      if ((test === undefined || test(row)) && !visit(row, slot)) return;
    }
  } finally {
    effort.examined += examined;
    view?.close();
    unwatch?.();
  }
}

const first = (candidates: Candidates | undefined, slot: number): number =>
  candidates === undefined ? slot : (candidates.next(slot) ?? Number.POSITIVE_INFINITY);
