import type { Scalar, Value } from './ast.ts';
import type { Rows } from './collection.ts';
import { isScalar } from './compare.ts';
import type { Reader } from './evaluate.ts';
import type { Count } from './groups.ts';
import { Order } from './order.ts';
import type { Ordinal } from './range.ts';
import { newShards, partOf } from './shards.ts';
import { SlotSet, type Slots } from './slot-set.ts';

/** Rows read, or values put in order, between two pauses while an index is built. */
const SLICE = 256;

/** Room: which rows have which value at one path; follows every change from its creation on. */
export class Postings<R> {
  readonly #rows: Rows<R>;
  readonly #read: Reader<R>;
  readonly #unwatch: () => void;
  readonly #shards = newShards<Scalar, Slots>();
  readonly #defined = new SlotSet();
  /** Rows with an object or an array, which are defined but equal to nothing. */
  readonly #compound = new SlotSet();
  /** Kept from the first range on that is looked for. */
  #order: Sorting | undefined;
  #values = 0;
  #built = 0;
  #isReady = false;

  constructor(rows: Rows<R>, read: Reader<R>) {
    this.#rows = rows;
    this.#read = read;
    this.#unwatch = rows.watch((slot, before, after) => {
      if (slot < this.#built || this.#isReady) this.#change(slot, before, after);
    });
  }

  /** False until every row has been read. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** The number of different values. */
  get values(): number {
    return this.#values;
  }

  /** The rows that have the path. */
  get defined(): SlotSet {
    return this.#defined;
  }

  /** The rows that have an object or an array there. */
  get compound(): SlotSet {
    return this.#compound;
  }

  /** Reads all rows; yields between slices. Several callers may drive it in turns. */
  *build(): Generator<void, void> {
    while (!this.#isReady) {
      const end = Math.min(this.#rows.end, this.#built + SLICE);
      for (; this.#built < end; this.#built++) this.#change(this.#built, undefined, this.#rows.at(this.#built));
      this.#isReady = this.#built >= this.#rows.end;
      if (!this.#isReady) yield;
    }
  }

  /** Puts the values in order, once all rows have been read; yields between slices. Several callers may drive it in turns. */
  *sort(): Generator<void, void> {
    this.#order ??= { of: new Order((value) => this.of(value)), values: this.#scalars(), isReady: false };
    while (this.#isReady && !this.#order.isReady) {
      this.#sortSlice(this.#order);
      yield;
    }
  }

  /** The numbers and strings in order; undefined until `sort` has ended. */
  get order(): Order | undefined {
    return this.#order?.isReady === true ? this.#order.of : undefined;
  }

  /** The rows with that value; undefined if there is none. */
  of(value: Scalar): Slots | undefined {
    return partOf(this.#shards, value).get(value);
  }

  /** How many of all `rows` rows have which value, or do not have the path, as of this moment. */
  counts(rows: number): readonly Count[] {
    const without = rows - this.#defined.size;
    const counts: Count[] = without === 0 ? [] : [[[undefined], without]];
    for (const shard of this.#shards)
      for (const [value, slots] of shard) counts.push([[value], typeof slots === 'number' ? 1 : slots.size]);
    return counts;
  }

  /** Stops following changes. */
  close(): void {
    this.#unwatch();
  }

  #change(slot: number, before: R | undefined, after: R | undefined): void {
    const was = before === undefined ? undefined : this.#read(before);
    const is = after === undefined ? undefined : this.#read(after);
    if (was === is) return;
    this.#remove(slot, was);
    this.#add(slot, is);
  }

  #add(slot: number, value: Value): void {
    if (value === undefined) return;
    this.#defined.add(slot);
    if (!isScalar(value)) {
      this.#compound.add(slot);
      return;
    }
    const shard = partOf(this.#shards, value);
    const known = shard.get(value);
    if (known === undefined) this.#values++;
    if (known === undefined) shard.set(value, slot);
    else if (typeof known === 'number') shard.set(value, pair(known, slot));
    else known.add(slot);
    if (!isOrdinal(value)) return;
    if (known === undefined) this.#order?.of.insert(value, slot);
    else this.#order?.of.add(value, slot);
  }

  #remove(slot: number, value: Value): void {
    if (value === undefined) return;
    this.#defined.delete(slot);
    if (!isScalar(value)) {
      this.#compound.delete(slot);
      return;
    }
    const shard = partOf(this.#shards, value);
    const known = shard.get(value);
    if (known === undefined) return;
    if (typeof known !== 'number') known.delete(slot);
    if (typeof known === 'number' ? known === slot : known.size === 0) {
      shard.delete(value);
      this.#values--;
    }
    if (isOrdinal(value)) this.#order?.of.remove(value, slot);
  }

  *#scalars(): Generator<Scalar> {
    for (const shard of this.#shards) yield* shard.keys();
  }

  #sortSlice(order: Sorting): void {
    for (let left = SLICE; left > 0; left--) {
      const { value, done } = order.values.next();
      if (done === true) {
        order.isReady = true;
        return;
      }
      const slots = isOrdinal(value) ? this.of(value) : undefined;
      if (isOrdinal(value) && slots !== undefined) order.of.insert(value, slots);
    }
  }
}

/** An order, and the values that are still to be put in it. */
interface Sorting {
  readonly of: Order;
  readonly values: Iterator<Scalar>;
  isReady: boolean;
}

const isOrdinal = (value: Scalar): value is Ordinal => typeof value === 'number' || typeof value === 'string';

const pair = (one: number, other: number): SlotSet => {
  const set = new SlotSet();
  set.add(one);
  set.add(other);
  return set;
};
