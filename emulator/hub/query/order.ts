import { type Matches, none, union } from './candidates.ts';
import { type Cut, isBelow, isLess, type Ordinal, type Range } from './range.ts';
import { SlotSet, type Slots } from './slot-set.ts';

/** Values in one block; more are split into two. */
const BLOCK = 512;

/** Neighbouring values, and all rows that have one of them. */
interface Block {
  /** No value is below, except in the first block. */
  readonly low: Ordinal;
  readonly values: Ordinal[];
  /** Never loses a row that was not written: a scan may still be reading it. A split makes new sets. */
  slots: SlotSet;
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
  insert(value: Ordinal): void {
    const index = this.#indexOf(value);
    const block = this.#blocks[index];
    if (block === undefined) {
      this.#blocks.push(this.#blockOf([value]));
      return;
    }
    addTo(block.slots, this.#slotsOf(value));
    const at = countBelow(block.values, { value, isAfter: false });
    if (block.values[at] === value) return;
    block.values.splice(at, 0, value);
    if (block.values.length > BLOCK)
      this.#blocks.splice(index, 1, ...halves(block.values).map((values) => this.#blockOf(values)));
  }

  /** Adds a row to those of a value that is here, or is inserted later. */
  add(value: Ordinal, slot: number): void {
    this.#blocks[this.#indexOf(value)]?.slots.add(slot);
  }

  /** Removes a row; if it is the last one of its value, the value, too. */
  remove(value: Ordinal, slot: number, isLast: boolean): void {
    const index = this.#indexOf(value);
    const block = this.#blocks[index];
    if (block === undefined) return;
    block.slots.delete(slot);
    if (!isLast) return;
    const at = countBelow(block.values, { value, isAfter: false });
    if (block.values[at] === value) block.values.splice(at, 1);
    if (block.values.length === 0) this.#blocks.splice(index, 1);
  }

  /** The rows with a value in the range. */
  between(range: Range): Matches {
    const first = range.from === undefined ? 0 : this.#indexOf(range.from.value);
    const last = range.to === undefined ? this.#blocks.length - 1 : this.#indexOf(range.to.value);
    return union(
      this.#blocks
        .slice(first, last + 1)
        .flatMap((block, i) => (i > 0 && i < last - first ? block.slots : this.#partOf(block, range))),
    );
  }

  #partOf({ values, slots }: Block, { from, to }: Range): readonly Matches[] {
    const start = from === undefined ? 0 : countBelow(values, from);
    const end = to === undefined ? values.length : countBelow(values, to);
    if (start === 0 && end === values.length) return [slots];
    const single = new SlotSet();
    const sets = values.slice(start, end).map((value) => {
      const found = this.#slotsOf(value);
      if (typeof found === 'number') single.add(found);
      return typeof found === 'object' ? found : none;
    });
    return [single, ...sets].filter(({ size }) => size > 0);
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

/** How many of the sorted values are below a place. */
const countBelow = (values: readonly Ordinal[], cut: Cut): number => {
  let from = 0;
  let to = values.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (isBelow(values[middle] ?? cut.value, cut)) from = middle + 1;
    else to = middle;
  }
  return from;
};

const halves = (values: readonly Ordinal[]): readonly Ordinal[][] => {
  const half = values.length >>> 1;
  return [values.slice(0, half), values.slice(half)];
};

const addTo = (set: SlotSet, slots: Slots | undefined): void => {
  if (typeof slots === 'number') set.add(slots);
  else if (slots !== undefined) set.addAll(slots);
};
