import { addValue, newTally } from './aggregates.ts';
import type { Value } from './ast.ts';
import { isScalar } from './compare.ts';
import type { Reader } from './evaluate.ts';
import { keyOf } from './key.ts';
import type { Group } from './relations.ts';

/** Groups whose rows are combined: most rows belong to a group that earlier rows belong to. */
const COMBINED = 4096;
/** Parts given away between two pauses. */
const SLICE = 256;

/** What is read of a row to group it. */
export interface GroupReaders<R> {
  /** The cells of its key. */
  readonly keys: readonly Reader<R>[];
  /** The values that the aggregates other than COUNT read, one per aggregate. */
  readonly inputs: readonly Reader<R>[];
}

/**
 * Room: adds up the rows of a group as they are read, and gives what it has added up, a part of a group, to `give`. That
 * leaves few parts to merge. Only the first few thousand groups are combined; beyond them, a row is a part.
 * https://research.google/pubs/mapreduce-simplified-data-processing-on-large-clusters/ ("combiner")
 */
export class Combiner<R> {
  readonly #readers: GroupReaders<R>;
  readonly #nameOf: Reader<R>;
  readonly #give: (part: Group) => void;
  readonly #parts = new Map<Value, Group>();

  constructor(readers: GroupReaders<R>, give: (part: Group) => void) {
    const { keys } = readers;
    const [only] = keys;
    this.#readers = readers;
    // the tag of a single value is not needed for every row
    this.#nameOf = only !== undefined && keys.length === 1 ? only : (row) => keyOf(keys.map((read) => read(row))).tag;
    this.#give = give;
  }

  add(row: R): void {
    const name = this.#nameOf(row);
    const known = this.#parts.get(name);
    if (known === undefined) this.#begin(name, row);
    else this.#count(known, row);
  }

  /** Gives away what is left; yields between slices. No row may be added afterwards. */
  *end(): Generator<void, void> {
    let given = 0;
    for (const part of this.#parts.values()) {
      this.#give(part);
      if (++given % SLICE === 0) yield;
    }
  }

  #begin(name: Value, row: R): void {
    const { keys, inputs } = this.#readers;
    const part = { ...keyOf(keys.map((read) => read(row))), n: 0, tallies: inputs.map(newTally) };
    this.#count(part, row);
    // equal objects are different names
    if (this.#parts.size < COMBINED && (name === undefined || isScalar(name))) this.#parts.set(name, part);
    else this.#give(part);
  }

  #count(part: Group, row: R): void {
    const { inputs } = this.#readers;
    part.n++;
    for (let i = 0; i < inputs.length; i++) {
      const tally = part.tallies[i];
      if (tally !== undefined) addValue(tally, inputs[i]?.(row));
    }
  }
}
