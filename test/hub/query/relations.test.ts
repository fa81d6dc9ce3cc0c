import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { treeOf, withoutParser } from '../../../emulator/alasql/load.ts';
import { alasqlRelations } from '../../../emulator/alasql/relations.ts';
import { addValue, newTally } from '../../../emulator/hub/query/aggregates.ts';
import { Executor } from '../../../emulator/hub/query/executor.ts';
import { Groups } from '../../../emulator/hub/query/groups.ts';
import { keyOf } from '../../../emulator/hub/query/key.ts';
import { Queries } from '../../../emulator/hub/query/queries.ts';
import type { Group, Relations } from '../../../emulator/hub/query/relations.ts';
import { documents } from '../../support/hub/documents.ts';
import { refusal } from '../../support/hub/hub.ts';

/** The part of a group that a single row is. */
const row = (cell: string, input: number): Group => {
  const tally = newTally();
  addValue(tally, input);
  return { ...keyOf([cell]), n: 1, tallies: [tally] };
};

describe('hostile queries run no code and write no file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'query-'));
  const target = join(folder, 'written');
  const hostile = [
    'SELECT ``globalThis.hacked = 1`` FROM devices',
    'SELECT COUNT() AS n FROM devices WHERE deviceId = ``globalThis.hacked = 1``',
    `SELECT * INTO TXT('${target}') FROM devices`,
    `SELECT COUNT() INTO JSON('${target}') FROM devices`,
    `SELECT * FROM CSV('${target}')`,
    `SELECT * FROM TXT("${target}")`,
    `CREATE FILESTORAGE DATABASE x('${target}')`,
    `SELECT COUNT() AS n FROM devices; SELECT * INTO TXT('${target}') FROM devices`,
    'SELECT a FROM devices AS `+(globalThis.hacked=1)+` WHERE `+(globalThis.hacked=1)+`.[a\\] = 1',
    'SELECT tags.[[a\\]] AS [[`+(globalThis.hacked=1)+`]], COUNT() AS n FROM devices GROUP BY tags.[[a\\]]',
    "SELECT tags.[[a'],globalThis.hacked=1,['b]] AS x, MAX(tags.[[``globalThis.hacked=1``]]) AS n FROM devices GROUP BY tags.[[a'],globalThis.hacked=1,['b]]",
    'SELECT COUNT() AS [[n FROM ?; SELECT ``globalThis.hacked=1``]] FROM devices GROUP BY tags.[[constructor]]',
    "SELECT tags.[[x->constructor('globalThis.hacked=1')()]] , COUNT() FROM devices GROUP BY tags.[[x->constructor('globalThis.hacked=1')()]]",
    'SELECT * FROM devices WHERE tags.x->constructor->constructor = 1',
    'SET @a = ``globalThis.hacked = 1``',
  ];

  test.each(hostile)('%s', (text) => {
    const seen: unknown[] = [];
    const real = alasqlRelations();
    const watched: Relations = {
      group: (parts) => {
        seen.push(...Object.keys(parts[0] ?? {}));
        return real.group(parts);
      },
    };
    const queries = new Queries([new Executor(documents('devices', [{ deviceId: 'd', tags: { 'a\\': 1 } }]), watched)]);
    refusal(() => queries.runNow(queries.parse(text)));
    expect({
      hacked: Reflect.get(globalThis, 'hacked'),
      written: existsSync(target),
      files: readdirSync(folder),
    }).toEqual({
      hacked: undefined,
      written: false,
      files: [],
    });
    expect(seen.filter((name) => !['tag', 'cells', 'n', 'tallies'].includes(String(name)))).toEqual([]);
  });
});

test("a user's own alasql keeps its functions and hooks, and gets none of ours", () => {
  const alasql = createRequire(import.meta.url)('alasql');
  const hooks = () => [Object.keys(alasql.from), Object.keys(alasql.into), Object.keys(alasql.engines)];
  alasql.fn.mine = (x: number) => x + 1;
  const before = hooks();
  const relations = alasqlRelations();
  relations.load();
  expect(relations.group([row('a', 1), row('a', 2)])).toMatchObject([{ cells: ['a'], n: 2 }]);
  expect(hooks()).toEqual(before);
  expect(createRequire(import.meta.url)('alasql')).toBe(alasql);
  expect(alasql('SELECT VALUE mine(1)')).toBe(2);
  expect(Object.keys(alasql.aggr).filter((name) => name.startsWith('HUB'))).toEqual([]);
});

test('groups of batches add up to the groups of all rows', () => {
  const relations = alasqlRelations();
  const batches = [[row('a', 1), row('constructor', 5)], [row('a', 3), row('__proto__', 2)], [row('constructor', -1)]];
  const groups = new Groups();
  for (const batch of batches) for (const part of relations.group(batch)) groups.add(part);
  const tally = { ...newTally(), count: 1 };
  const found = [...groups.parts()].flat().sort((one, other) => (one.tag < other.tag ? -1 : 1));
  expect(found.map(({ cells, n, tallies }) => ({ cells, n, tallies }))).toEqual([
    { cells: ['__proto__'], n: 1, tallies: [{ ...tally, sum: 2, min: 2, max: 2 }] },
    { cells: ['a'], n: 2, tallies: [{ ...tally, count: 2, sum: 4, min: 1, max: 3 }] },
    { cells: ['constructor'], n: 2, tallies: [{ ...tally, count: 2, sum: 4, min: -1, max: 5 }] },
  ]);
});

describe('statements are parsed without the parser of alasql', () => {
  const alasql = createRequire(import.meta.url)('alasql');

  test('into the same syntax trees', () => {
    const statement = 'SELECT tag, FIRST(cells) AS cells, SUM(n) AS n, MEDIAN(tallies) AS m FROM ? GROUP BY tag';
    const [tree] = alasql.parse(statement).statements;
    expect(treeOf(statement, alasql)).toEqual(tree);
    expect(String(treeOf(statement, alasql))).toBe(String(tree));
  });

  test.each([
    'SELECT ``process.exit()`` FROM ? GROUP BY tag',
    "SELECT tag INTO TXT('t') FROM ? GROUP BY tag",
    'SELECT COUNT(*) AS n FROM CSV GROUP BY tag',
    'SELECT COUNT(*) AS n, a b FROM ? GROUP BY tag',
    'SELECT COUNT(*) AS n FROM ? GROUP BY tag; SELECT 1',
  ])('unless they are more than a constant statement: %s', (statement) => {
    expect(() => treeOf(statement, alasql)).toThrow('Not a constant statement');
  });

  test('which is two fifths of its source', () => {
    const source = readFileSync(createRequire(import.meta.url).resolve('alasql'), 'latin1');
    const rest = withoutParser(source);
    expect(rest.length / source.length).toBeCloseTo(0.6, 1);
    expect([source, rest].map((text) => text.includes('symbols_: {"'))).toEqual([true, false]);
    expect(withoutParser('another')).toBe('another');
  });
});
