import { request } from 'node:https';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { environmentOf, service } from './compose.ts';
import type { Container } from './engine.ts';
import { engine } from './engines.ts';

const { IOTHUB_EMULATOR_ADMIN_TOKEN: token = '' } = environmentOf(service('emulator'));
const admin = `http://${process.env.OTHER_ADDRESS ?? '127.0.0.1'}:8088`;
const images = engine();

let emulator: Container;
beforeAll(async () => {
  emulator = await images.start('emulator');
  await vi.waitFor(async () => expect(await healthy()).toMatchObject({ code: 0 }), { timeout: 60_000, interval: 500 });
}, 120_000);
afterAll(() => emulator?.dispose(), 60_000);

const healthy = async () => emulator.execute(await images.healthCheck('emulator'));

test('it runs as a user without rights', async () => {
  expect(await images.user('emulator')).toBe('node');
  expect(await emulator.execute(['id', '--user'])).toEqual({ code: 0, output: '1000\n' });
});

test('its health check does without Node', async () => {
  const [program = ''] = await images.healthCheck('emulator');
  const { output } = await emulator.execute(['sh', '-c', `head -1 "$(command -v ${program})"`]);
  expect(output).toBe('#!/usr/bin/env bash\n');
});

test('its health check fails where no hub listens', async () => {
  const [program = ''] = await images.healthCheck('emulator');
  const { code } = await emulator.execute(['sh', '-c', `IOTHUB_EMULATOR_ADMIN_PORT=1 ${program}`]);
  expect(code).toBe(1);
});

test('other machines reach the admin port, with the token of docker-compose.yml', async () => {
  const statusOf = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${admin}/info`, { headers })).status;
  expect([401, 403]).toContain(await statusOf({}));
  expect(await statusOf({ authorization: `Bearer ${token}` })).toBe(200);
});

test('one command gets the certificate of the CA out, with which this machine trusts the hub', async () => {
  const { output: ca } = await emulator.execute(['cat', '/ca/ca.pem']);
  const status = await new Promise((done, failed) => {
    const path = '/devices?api-version=2021-04-12';
    request({ host: 'localhost', port: 443, path, ca }, (response) => done(response.resume().statusCode))
      .on('error', failed)
      .end();
  });
  expect(status).toBe(401); // of the hub: there is no token
});

test('the tutorial works against it', async () => {
  const { code, output } = await images.run('tutorial');
  expect([code, output]).toEqual([0, expect.stringContaining('The tutorial works.')]);
}, 120_000);

test('it keeps a hub in the volume for data', async () => {
  const start = 'iothub-emulator start --ports random --log-format json --data /data --device kept';
  const begin = `${start} >/tmp/out 2>&1 & started=$!; for i in $(seq 300); do grep -q ready /tmp/out && break; sleep 0.1; done`;
  const run = `${begin}; kill $started; wait $started; echo "code $?"; ls /data`;
  expect((await emulator.execute(['sh', '-c', run])).output).toBe('code 0\nrows\n');
}, 60_000);

test('its command is the one that people type', async () => {
  const { code, output } = await emulator.execute(['iothub-emulator', 'connection-string']);
  expect([code, output]).toEqual([0, expect.stringContaining('SharedAccessKeyName=iothubowner')]);
});

test('it is not much larger than the image that it is made from', async () => {
  const bytes = await images.size('emulator');
  console.log(`${images.name}: the image has ${Math.round(bytes / 1e6)} MB`);
  expect(bytes).toBeLessThan(400e6);
}, 60_000);

test('SIGTERM ends it with exit code 0', async () => {
  const { code, output } = await emulator.stop();
  expect([code, output]).toEqual([0, expect.stringContaining('IoT Hub')]);
}, 30_000);
