import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startForTests, TestHub } from 'iothub-emulator/testing';
import { expect, test } from 'vitest';

test('a hub of Azure is copied to this machine, and back', async () => {
  await using emulator = await startForTests({ seed: await stateFile() });
  await using iotHub = new TestHub(emulator);
  expect(iotHub.device('oven').twin).toMatchObject({
    tags: { hall: 4 },
    properties: { desired: { celsius: 180 } },
  });
  iotHub.device('oven').desire({ celsius: 220 });
  const answer = await fetch(`${emulator.adminUrl}/seed?form=state`); // for `az iot hub state import`
  expect(await answer.json()).toMatchObject({
    devices: { oven: { twin: { tags: { hall: 4 }, properties: { desired: { celsius: 220 } } } } },
  });
});

test('keys and ids can be replaced in an export', async () => {
  await using emulator = await startForTests({ seed: await stateFile() });
  const answer = await fetch(`${emulator.adminUrl}/seed?form=yaml&keys=new&ids=pseudonyms`);
  expect(await answer.text()).toBe(`devices:
  - id: device-1
    tags:
      hall: 4
    desired:
      celsius: 180
`);
});

/** As `az iot hub state export --aspects configurations devices` writes it. */
const stateFile = async (): Promise<string> => {
  const key = 'cHJpbWFyeSBrZXkgb2YgdGhlIG92ZW4=';
  const file = join(await mkdtemp(join(tmpdir(), 'state-')), 'state.json');
  const authentication = { type: 'sas', symmetricKey: { primaryKey: key, secondaryKey: key } };
  const oven = {
    identity: { authentication, capabilities: { iotEdge: false }, status: 'enabled' },
    twin: { tags: { hall: 4 }, properties: { desired: { celsius: 180 } } },
  };
  const configurations = { admConfigurations: {}, edgeDeployments: {} };
  await writeFile(file, JSON.stringify({ configurations, devices: { oven } }));
  return file;
};
