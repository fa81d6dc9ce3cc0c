import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { createClient } from '../../api/client.ts';
import type { DeviceRow } from '../../api/types.ts';
import { createDeviceList, expandIds } from './data.ts';
import { filterRows, isCondition, nextSorting, readFilter, readSorting, sortRows } from './filter.ts';

const row = (id: string, more: Partial<DeviceRow> = {}): DeviceRow => ({
  id,
  status: 'enabled',
  connected: false,
  authentication: 'sas',
  edge: false,
  drift: { different: 0, missing: 0 },
  ...more,
});

const ids = (rows: readonly DeviceRow[]): string[] => rows.map(({ id }) => id);

const FLEET = [
  row('d10', { connected: true, drift: { different: 2, missing: 0 } }),
  row('d2', { status: 'disabled' }),
  row('gateway', { edge: true, modelId: 'dtmi:com:example:Gateway;1', connected: true }),
];

test.each([
  ['q=GATE', ['gateway']],
  ['connected=yes', ['d10', 'gateway']],
  ['connected=no', ['d2']],
  ['status=disabled', ['d2']],
  ['edge=yes', ['gateway']],
  ['drift=yes', ['d10']],
  ['model=dtmi%3Acom%3Aexample%3AGateway%3B1', ['gateway']],
  ['connected=perhaps', ['d10', 'd2', 'gateway']],
  ['connected=yes&q=d', ['d10']],
])('the address ?%s shows %j', (query, shown) => {
  const filter = readFilter(new Map(new URLSearchParams(query)));
  expect(ids(filterRows(FLEET, filter, undefined))).toEqual(shown);
});

test('numbers in ids are sorted as numbers', () => {
  expect(ids(sortRows(FLEET, readSorting(undefined)))).toEqual(['d2', 'd10', 'gateway']);
  expect(ids(sortRows(FLEET, readSorting('-drift')))).toEqual(['d10', 'd2', 'gateway']);
});

test('a second click on a column turns the order around', () => {
  expect(nextSorting(readSorting('report'), 'report')).toBe('-report');
  expect(nextSorting(readSorting('-report'), 'report')).toBe('report');
  expect(nextSorting(readSorting('id'), 'report')).toBe('report');
});

test('a text is a condition if it compares', () => {
  expect(['tags.floor = 3', 'deviceId IN [1]', 'NOT tags.x', 'is_defined(tags.x)', 'a > 1'].every(isCondition)).toBe(
    true,
  );
  expect(['thermostat', 'd-1', 'INside', 'note'].some(isCondition)).toBe(false);
});

test('a condition is evaluated by the hub, and what is wrong with it is told', async () => {
  const asked: unknown[] = [];
  const client = createClient('', async (_, { body }) => {
    asked.push(JSON.parse(String(body)));
    return asked.length === 1
      ? Response.json({ from: 'devices', ids: ['d2'] })
      : Response.json({ error: 'BadRequest', hint: 'line 1, column 5: expected a name' }, { status: 400 });
  });
  const location = signal({ hub: 'h', path: ['devices'], query: new Map([['q', 'tags.floor = 3']]) });
  const navigation = { location, go: () => {}, setQuery: () => {}, guard: () => () => {} };
  const list = createDeviceList({ app: { client, navigation }, rows: signal(FLEET) });
  await expect.poll(() => ids(list.shown.value)).toEqual(['d2']);
  location.value = { ...location.value, query: new Map([['q', 'tags. = 3']]) };
  await expect.poll(() => list.problem.value).toBe('BadRequest (line 1, column 5: expected a name)');
  list.close();
  expect(asked).toEqual([
    { kind: 'targetCondition', text: 'tags.floor = 3' },
    { kind: 'targetCondition', text: 'tags. = 3' },
  ]);
});

test('d1..d3 means three devices', () => {
  expect(expandIds('d1..d3')).toEqual(['d1', 'd2', 'd3']);
  expect(expandIds('d08..10')).toEqual(['d08', 'd09', 'd10']);
  expect(expandIds(' myDevice ')).toEqual(['myDevice']);
  expect(expandIds('a1..b3')).toEqual(['a1..b3']);
  expect(() => expandIds('d1..d20000')).toThrow('1 to 10,000');
});
