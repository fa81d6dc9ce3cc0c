import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from 'iothub-emulator';
import { afterAll, expect, test } from 'vitest';
import { permuted } from '../support/hub/permute.ts';
import { readVectors } from '../support/hub/vectors.ts';
import { runNpm } from '../support/programs/npm.ts';

const CONDITION = 'InvalidConfigurationTargetCondition';
const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the published vectors pass over REST, with other names too', async () => {
  const published = readVectors('query-vectors');
  writeFileSync(join(folder, 'permuted.json'), JSON.stringify({ ...permuted(published), routing: published.routing }));
  const { code, stdout } = await runNpm(['run', '-s', 'vectors', '--', 'permuted.json'], folder);
  expect([code, stdout.trim().split('\n').at(-1)]).toEqual([0, '314 passed, 0 failed']);
});

test('a line is told of each group, by an emulator that runs already, whose queries and configurations lag', async () => {
  await using emulator = await startEmulator({ index: 'manual', rollout: 'every:5m' });
  const vectors = ['a', 'b', 'a'].map((group, i) => ({
    id: `V${i}`,
    group,
    query: `SELECT deviceId FROM devices WHERE deviceId = 'd${i}'`,
    expect: { itemType: 'Raw', rows: [{ deviceId: 'd1' }] },
    alternateError: { status: 412, errorCode: 'PreconditionFailed' },
    unheardOf: true,
  }));
  const paging = [{ query: 'SELECT * FROM devices', maxItemCount: 1, pages: [1, 1, 1] }];
  const fleet = { devices: ['d0', 'd1', 'd2'].map((deviceId) => ({ deviceId })), more: [] };
  const metricQueries = [{ query: 'SELECT * FROM devices', accepted: true, count: 3 }];
  writeFileSync(join(folder, 'groups.json'), JSON.stringify({ fleet, vectors, paging, metricQueries, another: [] }));
  const there = ['--admin', emulator.adminUrl, '--login', emulator.connectionString()];
  const { code, stdout } = await runNpm(['run', '-s', 'vectors', '--', 'groups.json', ...there], folder);
  expect(stdout.split('\n').filter((line) => /^\S+: /.test(line) || / passed, /.test(line))).toEqual([
    'a: 0 passed, 2 failed',
    'b: 1 passed, 0 failed',
    'paging: 1 passed, 0 failed',
    'metricQueries: 1 passed, 0 failed',
    '3 passed, 2 failed',
  ]);
  expect(code).toBe(1);
});

test('a file that cannot be read is named, and half a target is refused', async () => {
  const missing = await runNpm(['run', '-s', 'vectors', '--', 'missing.json'], folder);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/^missing\.json: ENOENT/)]);
  const half = await runNpm(['run', '-s', 'vectors', '--', 'groups.json', '--admin', 'http://127.0.0.1:1'], folder);
  expect([half.code, half.stderr]).toEqual([2, expect.stringMatching(/^usage: /)]);
});

test('a second outcome is as good as the first, and nothing else is', async () => {
  const fleet = { devices: ['d0', 'd1'].map((deviceId) => ({ deviceId })) };
  const [d0, d1] = ["deviceId = 'd0'", "deviceId = 'd1'"];
  const refused = { error: { status: 400, errorCode: 'ArgumentInvalid' } };
  const vectors = [
    { id: 'Q1', query: `SELECT * FROM devices WHERE ${d0}`, expect: refused, alternateIds: ['d0'] },
    { id: 'Q2', query: `SELECT * FROM devices WHERE ${d0}`, expect: refused, alternateIds: ['d1'] },
  ];
  const targetConditions = [
    { id: 'T1', condition: d1, expect: { ids: ['d0'] }, alternateIds: ['d1'] },
    {
      id: 'T2',
      condition: 'nope nope',
      expect: { ids: [] },
      alternateError: { ...refused.error, errorCode: CONDITION },
    },
    { id: 'T3', condition: 'nope nope', expect: { ids: [] } },
    { id: 'T4', condition: d1, expect: refused },
  ];
  writeFileSync(join(folder, 'second.json'), JSON.stringify({ fleet, vectors, targetConditions }));
  const { stdout } = await runNpm(['run', '-s', 'vectors', '--', 'second.json'], folder);
  expect(stdout.split('\n').filter((line) => !line.includes('passed'))).toEqual([
    `FAILED queries: Q2  SELECT * FROM devices WHERE ${d0}`,
    '  finds d0',
    'FAILED targetConditions: T3  nope nope',
    '  is refused',
    `FAILED targetConditions: T4  ${d1}`,
    '  taken, though it is to be refused',
    '',
  ]);
});

test('a wrong answer is printed and makes the run fail', async () => {
  const { fleet } = readVectors('query-vectors');
  const query = "SELECT * FROM devices WHERE deviceId = 'myDeviceId'";
  const vectors = [{ id: 'X1', query, expect: { itemType: 'Twin', ids: ['another'] } }];
  writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ fleet, vectors }));
  const { code, stdout } = await runNpm(['run', '-s', 'vectors', '--', 'wrong.json'], folder);
  expect(stdout).toBe(
    `FAILED queries: X1  ${query}\n  finds myDeviceId\nqueries: 0 passed, 1 failed\n0 passed, 1 failed\n`,
  );
  expect(code).toBe(1);
});
