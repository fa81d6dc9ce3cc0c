import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alasqlRelations } from '../../emulator/alasql/relations.ts';
import { IndexLag } from '../../emulator/hub/index-lag/index-lag.ts';
import type { Lag } from '../../emulator/hub/index-lag/lag.ts';
import type { Scalar } from '../../emulator/hub/query/ast.ts';
import { Executor } from '../../emulator/hub/query/executor.ts';
import { parseQuery } from '../../emulator/hub/query/parse.ts';
import { drain, Queries } from '../../emulator/hub/query/queries.ts';
import { parseRoute } from '../../emulator/hub/query/routing.ts';
import { SlotSet } from '../../emulator/hub/query/slot-set.ts';
import { VirtualClock } from '../../emulator/kernel/clock.ts';
import { HubError } from '../../protocol/errors.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { documents } from '../support/hub/documents.ts';
import { newBus } from '../support/hub/hub.ts';
import { multiset } from '../support/hub/vectors.ts';
import { type Formula, formula, judge, write } from '../support/model/formula.ts';
import { runs } from '../support/runs.ts';

const relations = alasqlRelations();

const value: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Scalar>(0, 1, 2, 'a', 'b', '1', true, false, null),
  fc.constantFrom<Json>({ a: 1 }, [1]),
);
const document: fc.Arbitrary<JsonObject> = fc.record(
  { tags: fc.record({ x: value, y: value, z: value }, { requiredKeys: [] }) },
  { requiredKeys: ['tags'] },
);

test('a condition keeps the rows that a slow reading of the rules keeps', () => {
  fc.assert(
    fc.property(formula, fc.array(document, { maxLength: 8 }), (condition, rows) => {
      const text = `SELECT * FROM devices WHERE ${write(condition)}`;
      const queries = new Queries([new Executor(documents('devices', rows), relations)]);
      const kept = rows.filter((row) => judge(condition, row) === true);
      expect(queries.runNow(queries.parse(text)).items).toEqual(kept);
    }),
    { numRuns: runs(1000) },
  );
});

type Step =
  | { readonly write: readonly [number, JsonObject | undefined] }
  | { readonly ask: Formula }
  | { readonly pause: true };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ write: fc.tuple(fc.nat(400), fc.option(document, { nil: undefined })) }) },
  { weight: 3, arbitrary: fc.record({ ask: formula }) },
);

test('an indexed answer is the answer of a full scan, whatever is written in between', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.array(formula, { minLength: 1, maxLength: 3 }),
      (steps, again) => {
        const collection = documents(
          'devices',
          Array.from({ length: 300 }, (_, i) => ({ tags: { x: i % 3, y: `${i % 7}` } })),
        );
        const indexed = new Queries([new Executor(collection, relations)]);
        const ask = (condition: Formula): void => {
          const text = `SELECT * FROM devices WHERE ${write(condition)}`;
          const fresh = new Queries([new Executor(collection, relations)]);
          expect(indexed.runNow(indexed.parse(text))).toEqual(fresh.runNow(fresh.parse(text)));
        };
        for (const one of steps) {
          if ('write' in one) {
            const [key, row] = one.write;
            if (row === undefined) collection.table.delete(String(key));
            else collection.table.set(String(key), row);
          } else if ('ask' in one) ask(one.ask);
          for (const condition of again) ask(condition);
        }
      },
    ),
    { numRuns: runs(20) },
  );
});

test('a long answer is that of the moment it began, indexed or not', () => {
  const writes = fc.array(fc.tuple(fc.nat(1200), fc.option(document, { nil: undefined })), { maxLength: 60 });
  fc.assert(
    fc.property(formula, fc.boolean(), writes, (condition, isIndexed, writing) => {
      const rows = Array.from({ length: 1200 }, (_, i) => ({
        tags: { x: i % 3, y: i % 5 === 0 ? 'a' : i, z: i % 2 === 0 },
      }));
      const collection = documents('devices', rows);
      const executor = new Executor(collection, relations);
      const query = parseQuery(`SELECT COUNT() AS n, MIN(tags.x) AS least FROM devices WHERE ${write(condition)}`);
      if (isIndexed) {
        for (const name of ['x', 'y', 'z']) drain(executor.index(['tags', name]));
        drain(executor.run(query, {})); // puts the values of a range in order
      }
      const kept = rows.filter((row) => judge(condition, row) === true);
      const steps = executor.run(query, {});
      const left = [...writing];
      let done = steps.next();
      // an index that this query builds itself puts the moment off
      const before = isIndexed || executor.indexes.length === 0 ? kept : undefined;
      while (done.done !== true) {
        for (const [key, row] of left.splice(0, 20))
          if (row === undefined) collection.table.delete(String(key));
          else collection.table.set(String(key), row);
        done = steps.next();
      }
      if (before === undefined) return;
      const least = before.map(({ tags }) => tags.x).sort()[0];
      expect(done.value.items).toEqual([{ n: before.length, ...(least === undefined ? {} : { least }) }]);
    }),
    { numRuns: runs(60) },
  );
});

test('a long answer holds while queries lag, are let go, and indexes come and go', () => {
  const writes = fc.array(fc.tuple(fc.nat(1200), fc.option(document, { nil: undefined })), { maxLength: 40 });
  const lag = fc.constantFrom<Lag>('immediate', 'manual', { ms: 20 });
  fc.assert(
    fc.property(formula, lag, writes, writes, (condition, when, early, late) => {
      const clock = new VirtualClock();
      const room = new IndexLag({ clock, events: newBus(clock), lag: when });
      const collection = documents('devices', []);
      const table = room.over(collection.table);
      const put = ([key, row]: readonly [number, JsonObject | undefined]): void => {
        if (row === undefined) collection.table.delete(`${key}`);
        else collection.table.set(`${key}`, row);
      };
      for (let i = 0; i < 1200; i++) put([i, { tags: { x: i % 3, y: i % 5 === 0 ? 'a' : i, z: i % 2 === 0 } }]);
      room.release();
      const executor = new Executor({ ...collection, table }, relations);
      const query = parseQuery(`SELECT COUNT() AS n FROM devices WHERE ${write(condition)}`);
      for (const name of ['x', 'y', 'z']) drain(executor.index(['tags', name]));
      drain(executor.run(query, {})); // puts the values of a range in order
      for (const one of early) put(one);

      const shown = Array.from({ length: table.end }, (_, slot) => table.at(slot)).filter((row) => row !== undefined);
      const n = shown.filter((row) => judge(condition, row) === true).length;
      const steps = executor.run(query, {});
      let step = steps.next();
      for (let i = 0; step.done !== true; step = steps.next(), i++) {
        for (const one of late.slice(i * 10, i * 10 + 10)) put(one);
        if (i % 2 === 0) room.release();
        clock.advance(15);
        // more than are kept: the ones in use are dropped
        for (let other = 0; other < 30; other++) executor.index(['tags', `other${other}`]).next();
      }
      expect(step.value.items).toEqual([{ n }]);
    }),
    { numRuns: runs(60) },
  );
});

const scraps = fc.constantFrom(
  ...'SELECT FROM devices WHERE GROUP BY TOP COUNT() AS AND OR NOT IN [ ] ( ) , . * = != <> < <= - + / % [[x]] \' " tags x 1 0x1 .5 $ ``js`` \\ ; /* */ || ?? {$x} $body.a[0] null'.split(
    ' ',
  ),
  ' ',
  '',
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(scraps).map((parts) => parts.join(' ')),
  fc.array(scraps).map((parts) => parts.join('')),
);

test('whatever is asked, the answer is a query or a refusal', () => {
  const readers = [parseQuery, parseRoute, (part: string) => parseQuery(`SELECT * FROM devices WHERE ${part}`)];
  fc.assert(
    fc.property(text, (anything) => {
      for (const read of readers)
        try {
          read(anything);
        } catch (error) {
          expect(error).toBeInstanceOf(HubError);
          expect((error as HubError).hint).toMatch(/^(line \d+, column \d+: |the text has )/);
        }
    }),
    { numRuns: runs(1000) },
  );
});

test('a slot set is a set of numbers, in order', () => {
  const change = fc.tuple(
    fc.boolean(),
    fc.oneof(fc.nat(200), fc.integer({ min: 65_500, max: 65_600 }), fc.nat(300_000)),
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), fc.nat(300_000), fc.boolean(), (changes, from, isCrowded) => {
      const slots = new SlotSet();
      const model = new Set<number>();
      if (isCrowded)
        for (let slot = 0; slot < 5000; slot++) {
          slots.add(slot * 3);
          model.add(slot * 3);
        }
      for (const [adds, slot] of changes) {
        if (adds) slots.add(slot);
        else slots.delete(slot);
        if (adds) model.add(slot);
        else model.delete(slot);
      }
      const members: number[] = [];
      for (let slot = slots.next(from); slot !== undefined; slot = slots.next(slot + 1)) members.push(slot);
      expect(members).toEqual([...model].filter((slot) => slot >= from).sort((a, b) => a - b));
      expect(slots.size).toBe(model.size);
      expect(changes.every(([, slot]) => slots.has(slot) === model.has(slot))).toBe(true);
    }),
  );
});

test('groups are those that plain counting finds, with and without an index', () => {
  fc.assert(
    fc.property(fc.array(document, { maxLength: 30 }), (rows) => {
      const executor = new Executor(documents('devices', rows), relations);
      const counts = new Map<string, JsonObject>();
      for (const { tags } of rows) {
        const x = (tags as JsonObject).x;
        const name = JSON.stringify([x]) + typeof x;
        const n = Number(counts.get(name)?.n ?? 0) + 1;
        counts.set(name, x === undefined ? { n } : { x, n });
      }
      const query = parseQuery('SELECT tags.x, COUNT() AS n FROM devices GROUP BY tags.x');
      const queries = new Queries([executor]);
      for (const _ of [1, 2, 3]) expect(multiset(queries.runNow(query).items)).toEqual(multiset([...counts.values()]));
    }),
    { numRuns: runs(100) },
  );
});
