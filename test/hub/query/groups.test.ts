import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alasqlRelations } from '../../../emulator/alasql/relations.ts';
import { Executor } from '../../../emulator/hub/query/executor.ts';
import { drain, Queries } from '../../../emulator/hub/query/queries.ts';
import type { Relations } from '../../../emulator/hub/query/relations.ts';
import { sorted } from '../../../emulator/hub/query/sorted.ts';
import { documents } from '../../support/hub/documents.ts';

const alasql = alasqlRelations();

/** A fleet in which every device has a different serial number; `batches` has the sizes of the batches grouped so far. */
const fleet = (size: number) => {
  const collection = documents(
    'devices',
    Array.from({ length: size }, (_, i) => ({ tags: { serial: `s${String(i).padStart(6, '0')}`, battery: i % 10 } })),
  );
  const batches: number[] = [];
  const relations: Relations = {
    group: (parts) => {
      batches.push(parts.length);
      return alasql.group(parts);
    },
  };
  const executor = new Executor(collection, relations);
  return { executor, queries: new Queries([executor]), batches };
};

test('one step of a query groups at most 1,024 rows, even if each row is a group', () => {
  const { queries, batches } = fleet(20_000);
  const query = queries.parse('SELECT tags.serial, MAX(tags.battery) AS most FROM devices GROUP BY tags.serial');
  const steps = queries.run(query, { maxItemCount: 2 });
  const perStep: number[] = [];
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) perStep.push(batches.splice(0).reduce((sum, rows) => sum + rows, 0));
  expect(Math.max(...perStep)).toBeLessThanOrEqual(1024);
  expect(step.value.items).toEqual([
    { serial: 's000000', most: 0 },
    { serial: 's000001', most: 1 },
  ]);
});

test('rows of the same group are one part of it before they are merged', () => {
  const { queries, batches } = fleet(20_000);
  const query = 'SELECT tags.battery, COUNT() AS n, SUM(tags.battery) AS sum FROM devices GROUP BY tags.battery';
  expect(queries.runNow(queries.parse(query), { maxItemCount: 2 }).items).toEqual([
    { battery: 0, n: 2000, sum: 0 },
    { battery: 1, n: 2000, sum: 2000 },
  ]);
  expect(batches.reduce((sum, parts) => sum + parts, 0)).toBe(10);
});

test('above 16,384 groups, rows are scanned instead of counted by an index, with the same result', () => {
  const text = 'SELECT tags.serial, COUNT() AS n FROM devices GROUP BY tags.serial';
  for (const [size, plan] of [
    [16_384, 'counts'],
    [16_385, 'scan'],
  ] as const) {
    const { executor, queries } = fleet(size);
    drain(executor.index(['tags', 'serial']));
    const query = queries.parse(text);
    expect(drain(queries.explain(query))).toMatchObject({ plan });
    expect(queries.runNow(query, { maxItemCount: 3 }).items).toEqual([
      { serial: 's000000', n: 1 },
      { serial: 's000001', n: 1 },
      { serial: 's000002', n: 1 },
    ]);
    expect(drain(queries.count(query))).toBe(size);
  }
});

test('queries that run in turns do not mix their rows', () => {
  const { queries } = fleet(6000);
  const query = (text: string) => queries.run(queries.parse(text));
  for (const _ of [1, 2]) {
    const running = [
      query(
        'SELECT tags.battery AS b, SUM(tags.battery) AS sum, MAX(tags.serial) AS last FROM devices WHERE tags.battery > 7 GROUP BY tags.battery',
      ),
      query("SELECT MIN(tags.serial) AS first FROM devices WHERE NOT tags.serial = 's000000'"),
    ];
    const answers = new Map<number, unknown>();
    while (answers.size < running.length)
      for (const [i, steps] of running.entries()) {
        const step = steps.next();
        if (step.done && !answers.has(i)) answers.set(i, step.value.items);
      }
    expect([answers.get(0), answers.get(1)]).toEqual([
      [
        { b: 8, sum: 4800, last: 's005998' },
        { b: 9, sum: 5400, last: 's005999' },
      ],
      [{ first: 's000001' }],
    ]);
  }
});

test('lists are merged into one sorted list', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(), { maxLength: 3000, size: 'max' }), { maxLength: 5 }), (lists) => {
      const items = lists.map((list) => list.map((n) => ({ n })));
      const one = drain(sorted(items, (a, b) => a.n < b.n));
      expect(one.map(({ n }) => n)).toEqual(lists.flat().sort((a, b) => a - b));
    }),
    { numRuns: 30 },
  );
});
