import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/index.ts';
import { FROM_FORMAT_1 } from '../../emulator/store/format-1.ts';
import { LevelStore } from '../../emulator/store/level-store.ts';
import { freshFolder } from '../support/programs/command.ts';
import written from '../support/store/format-1.json' with { type: 'json' };
import format3 from '../support/store/format-3.json' with { type: 'json' };
import history3 from '../support/store/history-3.json' with { type: 'json' };

type Value = readonly [key: string, value: unknown, place: number | null];

/** As the version that wrote the folder would write them. */
const FIRST_FORM = ['devices', 'modules'];

const storeWith = async (folder: string, rows: Readonly<Record<string, string>>): Promise<LevelStore> => {
  mkdirSync(folder, { recursive: true });
  const store = await LevelStore.open(join(folder, 'rows'));
  await store.write(
    Object.entries(rows).map(([key, text]) => ({ key, text })),
    true,
  );
  return store;
};

const folderWith = async (rows: Readonly<Record<string, string>>): Promise<string> => {
  const folder = join(freshFolder(), 'data');
  await (await storeWith(folder, rows)).close();
  return folder;
};

const folderOfFormat1 = async ({ isInterrupted = false } = {}): Promise<string> => {
  const folder = join(freshFolder(), 'data');
  const store = await storeWith(folder, written.rows);
  if (isInterrupted) for await (const writes of FROM_FORMAT_1(store)) await store.write(writes, true);
  await store.close();
  return folder;
};

const start = (data: string) =>
  startEmulator({ data, clock: 'virtual', randomSeed: 42, ports: { https: 0, mqtt: 0, amqp: 0, admin: 0 } });

const rowsOf = ({ hub }: Awaited<ReturnType<typeof start>>): Record<string, Value[]> => {
  const spaces: Record<string, Value[]> = {};
  for (const { space, key, value, place } of hub.changes.entries()) {
    const json = FIRST_FORM.includes(space) ? value : hub.changes.space(space).toJson(value);
    const rows = spaces[space] ?? [];
    rows.push([key, JSON.parse(JSON.stringify(json)), place ?? null]);
    spaces[space] = rows;
  }
  return spaces;
};

test.each([false, true])(
  'a folder of format 1 is brought up to date, also at the second attempt (%s), and has what it had',
  async (isInterrupted) => {
    const folder = await folderOfFormat1({ isInterrupted });
    for (let round = 0; round < 2; round++) {
      await using emulator = await start(folder);
      expect(rowsOf(emulator)).toMatchObject(written.spaces); // later versions have more spaces
    }
    const store = await LevelStore.open(join(folder, 'rows'));
    expect(JSON.parse(store.readNow(['format\0'])[0] ?? '')).toMatchObject({ format: 5 });
    for (const prefix of ['snapshot\0', 'state\0devices\0d1\0']) expect(await store.count(prefix)).toBe(0);
    await store.close();
  },
);

test('its snapshots can be restored', async () => {
  await using emulator = await start(await folderOfFormat1());
  const { hub } = emulator;
  expect(hub.registry.find('d0')).toBeUndefined();
  const { admin } = emulator.ports;
  const response = await fetch(`http://127.0.0.1:${admin}/snapshots/before/restore`, { method: 'POST' });
  expect(response.status).toBe(204);
  expect(hub.registry.find('d0')?.identity.deviceId).toBe('d0');
  expect(hub.twins.get('d2').twin.tags).toEqual({ site: 'plant-2', n: 12 });
  await fetch(`http://127.0.0.1:${admin}/reset`, { method: 'POST' });
  expect(hub.twins.get('d2').twin.tags).toEqual({ site: 'plant-2' });
});

test('what was counted last is there after a stop', async () => {
  const folder = join(freshFolder(), 'data');
  {
    await using emulator = await start(folder);
    emulator.hub.usage.count('connections', 0);
  }
  await using emulator = await start(folder);
  expect(emulator.hub.usage.of('connections').operations).toBe(1);
});

test.each([
  ['a folder of format 3 has its twins and their history, with those in its log', format3.rows, format3],
  ['reports in a log have their times, which were texts', history3.running, history3],
  ['reports in a row have their times, which were texts', history3.stopped, history3],
])('%s', async (_, rows, { members, history }) => {
  const folder = await folderWith(rows);
  for (let round = 0; round < 2; round++) {
    await using emulator = await start(folder);
    const { hub } = emulator;
    const kept = [...hub.changes.entries()].filter(({ space }) => space === 'devices' || space === 'modules');
    expect(
      kept.map(({ space, key, value, place }) => [space, key, hub.changes.space(space).toJson(value), place]),
    ).toMatchObject(members);
    for (const [key, versions] of Object.entries(history))
      expect(JSON.parse(JSON.stringify(hub.history.list(key)))).toMatchObject(versions);
  }
});
