import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'iothub-emulator/service';
import { hubFixtures, startForTests } from 'iothub-emulator/testing';
import { test as base, expect } from 'vitest';

const test = base.extend(
  hubFixtures({
    seed: {
      devices: [
        'oven',
        {
          id: 'sensor-{i}',
          count: 1000,
          tags: { site: 'site-{i%10}', number: '{i}' },
          desired: { interval: 30 },
          reported: { firmware: '1.0.{i%3}' },
        },
        { id: 'gateway', edge: true, modules: [{ id: 'filter', desired: { threshold: 25 } }] },
      ],
      configurations: [
        {
          id: 'slow',
          priority: 1,
          targetCondition: "tags.site = 'site-3'",
          content: { deviceContent: { 'properties.desired.interval': 60 } },
        },
      ],
    },
  }),
);

test('a fleet exists from the start', async ({ iotHub }) => {
  const registry = Registry.fromConnectionString(iotHub.connectionString());
  const count = async (condition: string) => {
    const { result } = await registry.createQuery(`SELECT COUNT() AS n FROM devices WHERE ${condition}`).next();
    return result;
  };
  expect(await count("tags.site = 'site-7'")).toEqual([{ n: 100 }]);
  expect(await count("properties.reported.firmware = '1.0.0'")).toEqual([{ n: 334 }]);
  expect(iotHub.device('sensor-999').twin).toMatchObject({ tags: { site: 'site-9', number: 999 } });
  expect(iotHub.device('gateway', 'filter').twin).toMatchObject({ properties: { desired: { threshold: 25 } } });
  await iotHub.settle();
  expect(iotHub.device('sensor-13').twin).toMatchObject({ properties: { desired: { interval: 60 } } });
});

base('a seed can be a YAML file', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'seed-')), 'fleet.yaml');
  await writeFile(
    file,
    `devices:
  - oven # by its id alone
  - id: d-{i}
    count: 3
    from: 1
    tags: { shelf: '{i}' }
`,
  );
  await using emulator = await startForTests({ seed: file });
  expect(emulator.hub.registry.list().map(({ key }) => key)).toEqual(['oven', 'd-1', 'd-2', 'd-3']);
  expect(emulator.hub.twins.get('d-3').twin.tags).toEqual({ shelf: 3 });
});

base('an error in a seed is reported with its place', async () => {
  await expect(startForTests({ seed: { devices: [{ id: 'a b' }] } })).rejects.toThrow('seed: devices.0');
  await expect(startForTests({ seed: { devices: [{ id: 'same', count: 3 }] } })).rejects.toThrow('must have {i}');
  await expect(startForTests({ seed: 'nowhere.yaml' })).rejects.toThrow('seed: ENOENT');
});
