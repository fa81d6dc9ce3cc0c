import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runNpm } from '../support/npm.ts';
import { permuted } from '../support/permute.ts';
import { readVectors } from '../support/vectors.ts';

const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the published vectors pass over REST, under other words too', async () => {
  writeFileSync(join(folder, 'permuted.json'), JSON.stringify(permuted(readVectors('query-vectors'))));
  const { code, stdout } = await runNpm(['run', '-s', 'vectors', '--', 'permuted.json'], folder);
  expect([code, stdout.trim().split('\n').at(-1)]).toEqual([0, '314 passed, 0 failed']);
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
