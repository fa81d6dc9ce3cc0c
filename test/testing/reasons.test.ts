import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { clientFromConnectionString } from 'iothub-emulator/device';
import { hubFixtures, until } from 'iothub-emulator/testing';
import { test as base, expect } from 'vitest';

const test = base.extend(
  hubFixtures({ devices: [{ id: 'oven', reported: { celsius: 180, door: {} } }], timeoutMs: 50 }),
);

test('a waiter names the property that may have been meant', async ({ iotHub }) => {
  const oven = iotHub.device('oven');
  await expect(until(oven).reported('celcius').is(180)).rejects.toThrow(
    'Waited 0.05 s for reported celcius of oven to be 180; reported holds celsius, door: did you mean celsius?',
  );
  await expect(until(oven).reported('door.open').exists()).rejects.toThrow('reported.door is empty');
});

test('a waiter says that the device was refused, and why', async ({ iotHub }) => {
  const oven = iotHub.device('oven');
  const wrong = oven.connectionString.replace(/SharedAccessKey=.*/, 'SharedAccessKey=d3Jvbmc=');
  await expect(clientFromConnectionString(wrong).open()).rejects.toThrow();
  await expect(until(oven).isConnected()).rejects.toThrow(
    'it was refused: the signature does not fit a key of the device',
  );
  expect(iotHub.refusals()).toMatchObject([{ what: 'connection', key: 'oven', code: 'wrong-device-key' }]);
});

test('a waiter says that the device is connected to another hub', async ({ iotHub, emulator }) => {
  const client = clientFromConnectionString(emulator.deviceConnectionString('oven'));
  await client.open();
  await expect(until(iotHub.device('oven')).isConnected()).rejects.toThrow(
    "it is connected to hub localhost, not to this test's",
  );
  await client.close();
});

base('beside a failed test of node:test there is what the hub has refused', async () => {
  const program = fileURLToPath(new URL('./programs/failing.mjs', import.meta.url));
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
  const args = ['--import', 'tsx', '--conditions=source', '--test-reporter=tap', program];
  const child = spawn(process.execPath, args, { env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  await once(child, 'close');
  expect(said.match(/The hub of this test/g)).toHaveLength(1);
  expect(said).toContain('refused a connection of oven (wrong-device-key)');
});
