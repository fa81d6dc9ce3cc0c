import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator, VirtualClock } from 'iothub-emulator';
import { expect, test, vi } from 'vitest';
import { silentLog } from '../../emulator/log.ts';
import { LevelStore } from '../../emulator/store/level-store.ts';
import { sharedCa } from '../support/programs/command.ts';
import { listeningLog } from '../support/wire/rest-client.ts';

const newFolder = (): string => join(mkdtempSync(join(tmpdir(), 'kept-history-')), 'data');

const ask = async (emulator: Emulator, path: string) => {
  const response = await fetch(`${emulator.adminUrl}${path}`);
  return { status: response.status, body: JSON.parse(await response.text()) };
};

test('history goes on after a restart: versions, numbers of events, and the hub as of a moment', async () => {
  const data = newFolder();
  const first = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock: new VirtualClock(), data });
  const { twins, events, clock } = first.hub;
  twins.report('oven', { celsius: 20 });
  const early = events.sequence;
  if (clock instanceof VirtualClock) clock.advance(60_000);
  twins.patch('oven', { tags: { hall: 4 } });
  const late = events.sequence;
  await first.close();

  await using second = await startEmulator({ caDir: sharedCa, clock: new VirtualClock(), data });
  expect(second.hub.events.sequence).toBeGreaterThanOrEqual(late);
  second.hub.twins.report('oven', { celsius: 30 });
  expect((await ask(second, '/history/oven')).body).toMatchObject([
    { version: 1, by: 'start', changes: [] },
    {
      version: 2,
      event: early,
      at: '2026-01-01T00:00:00.000Z',
      by: 'device oven',
      changes: [{ path: 'properties.reported.celsius', after: 20 }],
    },
    {
      version: 3,
      event: late,
      at: '2026-01-01T00:01:00.000Z',
      by: 'program',
      changes: [{ path: 'tags', after: { hall: 4 } }],
    },
    { version: 4, by: 'device oven', changes: [{ path: 'properties.reported.celsius', before: 20, after: 30 }] },
  ]);
  for (const moment of [String(early), '2026-01-01T00:00:30Z'])
    expect((await ask(second, `/at/${moment}/twins/oven`)).body).toMatchObject({
      properties: { reported: { celsius: 20 } },
    });
  expect((await ask(second, `/at/${early}/twins/oven`)).body.tags).toBeUndefined();
});

test('a hub that starts again with a clock that was set back has the times before', async () => {
  const data = newFolder();
  const now = Date.now();
  const clock = vi.spyOn(Date, 'now').mockReturnValue(now + 7_200_000);
  const first = await startEmulator({ caDir: sharedCa, devices: ['oven'], data });
  first.hub.twins.patch('oven', { tags: { hall: 4 } });
  await first.close();
  clock.mockReturnValue(now);
  await using second = await startEmulator({ caDir: sharedCa, data });
  second.hub.twins.patch('oven', { tags: { hall: 5 } });
  for (const [ms, hall] of [
    [0, 5],
    [7_200_000, 4],
  ] as const)
    expect((await ask(second, `/at/${new Date(now + ms).toISOString()}/twins/oven`)).body.tags).toEqual({ hall });
});

test('a start with --history 0 drops what was kept, and a smaller number the oldest', async () => {
  const data = newFolder();
  const first = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock: 'virtual', data });
  for (const celsius of [1, 2, 3, 4]) first.hub.twins.report('oven', { celsius });
  await first.close();
  const second = await startEmulator({ caDir: sharedCa, clock: 'virtual', data, history: 2 });
  expect((await ask(second, '/history/oven')).body).toMatchObject([{ version: 4 }, { version: 5 }]);
  await second.close();
  const third = await startEmulator({ caDir: sharedCa, clock: 'virtual', data, history: 0 });
  expect((await ask(third, '/history/oven')).status).toBe(404);
  await third.close();
  await using fourth = await startEmulator({ caDir: sharedCa, clock: 'virtual', data });
  expect((await ask(fourth, '/history/oven')).body).toMatchObject([{ version: 1, by: 'start' }]);
});

test('a history that cannot be read is dropped and told, and the twin is written', async () => {
  const data = newFolder();
  const first = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock: 'virtual', data });
  first.hub.twins.report('oven', { celsius: 20 });
  first.hub.twins.report('oven', { celsius: 30 });
  await first.close();
  const store = await LevelStore.open(join(data, 'rows'));
  const version = [9, 0, 500, 'program', null, { change: {} }]; // of a row before it, which is not there
  await store.write(
    [{ key: 'state\0history\0oven', text: JSON.stringify([3, 0, [1, 9, 500, version, version]]) }],
    true,
  );
  await store.close();

  const lines: unknown[][] = [];
  const log = { ...silentLog, warn: (...line: unknown[]) => void lines.push(line) };
  await using second = await startEmulator({ caDir: sharedCa, clock: 'virtual', data, log });
  const events: unknown[] = [];
  second.hub.events.listen((event) => void events.push(event));
  second.hub.twins.report('oven', { celsius: 40 });
  const told = {
    cause: 'the history of oven is damaged: A version of a twin cannot be read.',
    remedy: 'nothing else is lost; a copy of the folder from before the damage has it',
  };
  expect(events).toMatchObject([
    { type: 'history.lost', key: 'oven', ...told },
    { type: 'twin.reported', patch: { celsius: 40 } },
  ]);
  expect(lines).toEqual([['Dropped the history of a twin', { device: 'oven', ...told }]]);
  expect((await ask(second, '/history/oven')).body).toMatchObject([
    { version: 3, by: 'start', changes: [] },
    { version: 4, by: 'device oven', changes: [{ path: 'properties.reported.celsius', before: 30, after: 40 }] },
  ]);
});

test('a start says that it ignores its time, where the folder has a hub with a clock of its own', async () => {
  const data = newFolder();
  await (await startEmulator({ caDir: sharedCa, clock: '2026-05-01T00:00:00Z', data })).close();
  const { log, lines } = listeningLog();
  await using second = await startEmulator({ caDir: sharedCa, clock: '2027-01-01T00:00:00Z', data, log });
  expect(second.hub.clock.now()).toBe(Date.parse('2026-05-01T00:00:00Z'));
  expect(lines.filter(({ level }) => level === 'warn')).toMatchObject([
    {
      text: 'Ignored the time 2027-01-01T00:00:00Z of the options',
      fields: { cause: `${data} has a hub already, with its own time` },
    },
  ]);
});
