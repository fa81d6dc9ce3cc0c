import { type Matches, union } from './candidates.ts';
import { isBelow, isLess, type Ordinal, type Range } from './range.ts';
import { SlotSet, type Slots } from './slot-set.ts';

/** Values in one block; more are tidied up, or split into two. */
const BLOCK = 512;
/** A block that has so many after tidying up is split, or it would soon be tidied up again. */
const MOST_TIDY = 384;

/** With so many blocks of a range, and few rows in one at its end, it takes longer to look up its values than to examine all of these. */
const LONG = 16;
const MOST_EXAMINED = 2 * BLOCK;

/** Neighbouring values, and all rows that have one of them. */
interface Block {
  /** No value is below, except in the first block. */
  readonly low: Ordinal;
  /** In no order, as a search for the place costs a write more than it saves; some may be gone, or be here twice. */
  values: Ordinal[];
  /** Never loses a row that was not written: a scan may still be reading it. A split makes new sets. */
  readonly slots: SlotSet;
}

/**
 * Room: the different numbers and strings of a path in their order, in blocks as in the leaves of a B+ tree. A range is the
 * rows of a few whole blocks, and of the single values where it begins and ends.
 */
export class Order {
  readonly #slotsOf: (value: Ordinal) => Slots | undefined;
  readonly #blocks: Block[] = [];

  /** `slotsOf`: the rows with a value, among them every row that was added here and not removed. */
  constructor(slotsOf: (value: Ordinal) => Slots | undefined) {
    this.#slotsOf = slotsOf;
  }

  /** Adds a value with its rows; it may be there already. */
  insert(value: Ordinal, slots: Slots): void {
    const index = this.#indexOf(value);
    const block = this.#blocks[index];
    if (block === undefined) {
      this.#blocks.push(this.#blockOf([value]));
      return;
    }
    addTo(block.slots, slots);
    block.values.push(value);
    if (block.values.length > BLOCK) this.#tidy(block, index);
  }

  /** Adds a row to those of a value that is here, or is inserted later. */
  add(value: Ordinal, slot: number): void {
    this.#blocks[this.#indexOf(value)]?.slots.add(slot);
  }

  /** Removes a row of a value. */
  remove(value: Ordinal, slot: number): void {
    const index = this.#indexOf(value);
    const block = this.#blocks[index];
    block?.slots.delete(slot);
    if (block?.slots.size === 0) this.#blocks.splice(index, 1);
  }

  /** The rows with a value in the range; of a long range, also the others in the blocks where it begins and ends. */
  between(range: Range): Matches {
    const first = range.from === undefined ? 0 : this.#indexOf(range.from.value);
    const last = range.to === undefined ? this.#blocks.length - 1 : this.#indexOf(range.to.value);
    const isLong = last - first >= LONG;
    return union(
      this.#blocks.slice(first, last + 1).flatMap((block, i) => {
        const isWhole = i > 0 && i < last - first;
        return isWhole || (isLong && block.slots.size <= MOST_EXAMINED) ? block.slots : this.#partOf(block, range);
      }),
    );
  }

  #partOf({ values, slots }: Block, { from, to }: Range): readonly Matches[] {
    const found = values.filter(
      (value) => !(from !== undefined && isBelow(value, from)) && (to === undefined || isBelow(value, to)),
    );
    if (found.length === values.length) return [slots];
    const singles = new SlotSet();
    const sets: SlotSet[] = [singles];
    for (const value of new Set(found)) {
      const rows = this.#slotsOf(value);
      if (typeof rows === 'number') singles.add(rows);
      else if (rows !== undefined) sets.push(rows);
    }
    return sets;
  }

  #tidy(block: Block, index: number): void {
    const values = [...new Set(block.values)].filter((value) => this.#slotsOf(value) !== undefined);
    block.values = values;
    if (values.length <= MOST_TIDY) return;
    values.sort((one, other) => (isLess(one, other) ? -1 : 1));
    const half = values.length >>> 1;
    this.#blocks.splice(index, 1, this.#blockOf(values.slice(0, half)), this.#blockOf(values.slice(half)));
  }

  #blockOf(values: Ordinal[]): Block {
    const slots = new SlotSet();
    for (const value of values) addTo(slots, this.#slotsOf(value));
    return { low: values[0] ?? '', values, slots };
  }

  /** The block that has a value, or would have it. */
  #indexOf(value: Ordinal): number {
    let from = 0;
    let to = this.#blocks.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (isLess(value, this.#blocks[middle]?.low ?? value)) to = middle;
      else from = middle + 1;
    }
    return Math.max(0, from - 1);
  }
}

const addTo = (set: SlotSet, slots: Slots | undefined): void => {
  if (typeof slots === 'number') set.add(slots);
  else if (slots !== undefined) set.addAll(slots);
};
