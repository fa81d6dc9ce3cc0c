import { expect, test } from 'vitest';
import { createClient } from '../api/client.ts';
import type { Info } from '../api/types.ts';
import { createMarks, marksOf } from './marks.ts';

const info: Info = {
  version: '1',
  hostname: 'localhost',
  auth: 'strict',
  data: null,
  ports: {},
  pid: 1,
  startedAt: '',
  lastEvent: 0,
};

const loaded = async (answers: Record<string, unknown>, monotonic = () => 0) => {
  const marks = createMarks(
    createClient('', async (url) => Response.json(answers[url])),
    monotonic,
  );
  await marks.reload();
  return marks;
};

const AZURE = {
  '/clock': { mode: 'system', now: '2026-01-01T12:00:00.000Z' },
  '/faults': [],
  '/index': { lag: 'immediate', pending: 0, indexes: {} },
};

test('a hub like Azure has no mark', async () => {
  expect(marksOf(await loaded(AZURE), info, 0)).toEqual([]);
});

test('everything that makes a hub unlike Azure is marked, and each mark leads to where it is changed', async () => {
  const marks = await loaded({
    '/clock': { mode: 'virtual', now: '2026-01-01T12:04:00.000Z', pace: 60 },
    '/faults': [{ id: 'f1', match: {}, effect: { type: 'drop' }, addedAt: 0, matched: 0, struck: 0 }],
    '/index': { lag: 'lag:30s', pending: 4, indexes: {} },
  });
  const shown = marksOf(
    marks,
    { ...info, auth: 'off', recording: true, data: { folder: 'hub', durability: 'fast', failure: 'it is full' } },
    Date.parse('2026-01-01T12:04:00Z'),
  );
  expect(shown.map(({ text, more, path }) => [text, more, path.join('/')])).toEqual([
    ['virtual clock', '12:04:00 · ×60', 'clock'],
    ['1 fault', 'active', 'faults'],
    ['index lags 30s', '4 writes wait', 'faults'],
    ['auth off', 'everybody may connect', 'connect'],
    ['recording', undefined, 'history'],
    ['fast durability', 'a crash may lose the last moments', 'overview'],
    ['read-only', 'it is full', 'overview'],
  ]);
});

test('between two answers the time goes on at the pace of the hub’s clock', async () => {
  let elapsed = 0;
  const paced = await loaded(
    { ...AZURE, '/clock': { mode: 'virtual', now: '2026-01-01T12:00:00.000Z', pace: 60 } },
    () => elapsed,
  );
  const stopped = await loaded(
    { ...AZURE, '/clock': { mode: 'virtual', now: '2026-01-01T12:00:00.000Z' } },
    () => elapsed,
  );
  elapsed = 1000;
  expect([paced.now(), stopped.now()]).toEqual([
    Date.parse('2026-01-01T12:01:00Z'),
    Date.parse('2026-01-01T12:00:00Z'),
  ]);
});
