import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Postings } from '../../emulator/hub/query/postings.ts';
import { drain } from '../../emulator/hub/query/queries.ts';
import { intersection, type Ordinal, type Range, rangeOf, startingWith } from '../../emulator/hub/query/range.ts';
import { SlotSet } from '../../emulator/hub/query/slot-set.ts';
import { Table } from '../../emulator/kernel/table.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { runs } from '../support/runs.ts';

type Rows = Table<JsonObject>;

const ordinal: fc.Arbitrary<Ordinal> = fc.oneof(
  fc.integer({ min: -600, max: 600 }),
  fc.constantFrom<Ordinal>(0.5, -0, '', '1', 'a', 'ab', 'ab\uffff', 'ac', '\uffff', '\uffff\uffff', '\ud800', '\ue000'),
  fc.integer({ min: 0, max: 999 }).map((n) => `ab${n}`),
);
const value: fc.Arbitrary<Json> = fc.oneof(ordinal, fc.constantFrom<Json>(true, false, null, { a: 1 }, [1]));
const condition = fc.oneof(
  fc.record({ op: fc.constantFrom('=', '<', '<=', '>', '>='), bound: ordinal }),
  fc.record({
    op: fc.constant('STARTSWITH'),
    bound: fc.constantFrom<Ordinal>('', 'a', 'ab', 'ab1', '\uffff', '\uffff\uffff'),
  }),
);
type Condition = typeof condition extends fc.Arbitrary<infer T> ? T : never;

/** Whether a value satisfies a condition, by JavaScript's own operators. */
const satisfies = (value: Json | undefined, { op, bound }: Condition): boolean => {
  if (op === 'STARTSWITH') return typeof value === 'string' && value.startsWith(String(bound));
  if (typeof value !== 'number' && typeof value !== 'string') return false;
  if (typeof value !== typeof bound) return false;
  if (op === '=') return value === bound;
  if (op === '<') return value < bound;
  if (op === '<=') return value <= bound;
  return op === '>' ? value > bound : value >= bound;
};

const rangeFor = ({ op, bound }: Condition): Range =>
  op === 'STARTSWITH' ? startingWith(String(bound)) : rangeOf(op as '=', bound);

const write = (rows: Rows, [key, x]: readonly [number, Json | undefined]): void => {
  if (x === undefined) rows.delete(`${key}`);
  else rows.set(`${key}`, { x });
};

/** Compares what an index finds with what a look at every row finds. */
const compare = (rows: Rows, postings: Postings<JsonObject>, conditions: readonly Condition[]): void => {
  const matches = postings.order?.between(conditions.map(rangeFor).reduce(intersection));
  const found: number[] = [];
  for (let slot = matches?.next(0); slot !== undefined; slot = matches?.next(slot + 1)) found.push(slot);
  const expected = Array.from({ length: rows.end }, (_, slot) => slot).filter((slot) =>
    conditions.every((one) => satisfies(rows.at(slot)?.x, one)),
  );
  expect(found).toEqual(expected);
  expect(matches?.size).toBe(expected.length);
  expect(expected.every((slot) => matches?.has(slot))).toBe(true);
};

const KEYS = 1500;
const writes = fc.array(fc.tuple(fc.nat(KEYS), fc.option(value, { nil: undefined })), { maxLength: 60 });

/** The law, for an index that `index` makes. */
const law = (index: (rows: Rows) => Postings<JsonObject>) =>
  fc.property(
    fc.nat(KEYS),
    fc.array(writes, { maxLength: 8 }),
    fc.array(condition, { minLength: 1, maxLength: 2 }),
    (count, written, conditions) => {
      const rows: Rows = new Table();
      for (let i = 0; i < count; i++) write(rows, [i, i % 3 === 0 ? `ab${(i * 7) % 1000}` : ((i * 7) % 1201) - 600]);
      const postings = index(rows);
      drain(postings.build());
      const sorting = postings.sort();
      for (const some of written) {
        sorting.next();
        for (const one of some) write(rows, one);
      }
      drain(sorting);
      compare(rows, postings, conditions);
    },
  );

const read = ({ x }: JsonObject): Json | undefined => x;

test('the order of an index has the rows of every range, whatever is written while and after it is made', () => {
  fc.assert(
    law((rows) => new Postings(rows, read)),
    { numRuns: runs(100) },
  );
});

test('the law finds an index that misses writes', () => {
  /** Does not hear of every seventh change. */
  class Lossy extends Table<JsonObject> {
    #changes = 0;
    override watch(tell: Parameters<Rows['watch']>[0]): () => void {
      return super.watch((...change) => {
        if (++this.#changes % 7 !== 0) tell(...change);
      });
    }
  }
  const { failed } = fc.check(
    law((rows) => {
      const lossy = new Lossy();
      const postings = new Postings(lossy, read);
      for (let slot = 0; slot < rows.end; slot++) write(lossy, [slot, rows.at(slot)?.x]);
      rows.watch((slot, _, row) => write(lossy, [slot, row?.x]));
      return postings;
    }),
    { numRuns: 100 },
  );
  expect(failed).toBe(true);
});

test('a sum of slot sets has the members of both, however many there are', () => {
  const some = fc.record({ step: fc.integer({ min: 1, max: 40 }), count: fc.nat(9000), from: fc.nat(140_000) });
  fc.assert(
    fc.property(fc.array(some, { maxLength: 4 }), (parts) => {
      const [sum, model] = [new SlotSet(), new Set<number>()];
      for (const { step, count, from } of parts) {
        const part = new SlotSet();
        for (let i = 0; i < count; i++) part.add(from + i * step);
        for (let i = 0; i < count; i++) model.add(from + i * step);
        sum.addAll(part);
      }
      const members: number[] = [];
      for (let slot = sum.next(0); slot !== undefined; slot = sum.next(slot + 1)) members.push(slot);
      expect(members).toEqual([...model].sort((a, b) => a - b));
      expect(sum.size).toBe(model.size);
    }),
    { numRuns: runs(40) },
  );
});
