import { once } from 'node:events';
import { request } from 'node:https';
import { createRequire } from 'node:module';
import { connect, createSecureContext } from 'node:tls';
import { HubError, startEmulator, VirtualClock } from 'iothub-emulator';
import { expect, test } from 'vitest';
import { renderTwin } from '../../emulator/hub/twins/twin-document.ts';
import { freshFolder, sharedCa } from '../support/programs/command.ts';

// Microsoft's packages are CommonJS, and so is their default export
const require = createRequire(import.meta.url);
const { Registry } = require('azure-iothub');
const { Client } = require('azure-iot-device');
const transports = require('azure-iot-device-mqtt');

const caDir = sharedCa;

test('an emulator listens until it is disposed of', async () => {
  let port: number;
  {
    await using emulator = await startEmulator({ ports: 'random', caDir, devices: ['d1'] });
    port = emulator.ports.https;
    expect(emulator.hub.registry.get('d1').identity.status).toBe('enabled');
    const socket = connect({ port, host: 'localhost', ca: emulator.ca });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    socket.on('error', () => {});
  }
  const refused = connect({ port, host: '127.0.0.1' });
  const [error] = await once(refused, 'error');
  expect(error.code).toBe('ECONNREFUSED');
});

test('the variables for programs have the token of the admin API', async () => {
  await using emulator = await startEmulator({ caDir, adminToken: 'open sesame' });
  const { IOTHUB_EMULATOR_ADMIN_URL: url, IOTHUB_EMULATOR_ADMIN_TOKEN: token } = emulator.env();
  const headers = { authorization: `Bearer ${token}` };
  expect([(await fetch(`${url}/info`)).status, (await fetch(`${url}/info`, { headers })).status]).toEqual([401, 200]);
});

test.each(['Mqtt', 'MqttWs'])(
  "with trust, Microsoft's SDKs in this process reach the right one of two: %s",
  async (name) => {
    await using first = await startEmulator({ caDir, devices: ['first'], trust: 'process' });
    await using second = await startEmulator({ caDir, devices: ['second'], trust: 'process' });
    for (const [emulator, id] of [
      [first, 'first'],
      [second, 'second'],
    ] as const) {
      const registry = Registry.fromConnectionString(emulator.connectionString('registryRead'));
      const { responseBody } = await registry.get(id);
      expect(responseBody.deviceId).toBe(id);
      const client = Client.fromConnectionString(emulator.deviceConnectionString(id), transports[name]);
      await client.open();
      expect((await client.getTwin()).properties.desired.$version).toBe(1);
      await client.close();
    }
  },
);

test('trust ends with the emulator, and applies to its names only', async () => {
  const status = (host: string, port: number): Promise<number | string> =>
    new Promise((done) => {
      const asking = request({ host, port, path: '/', agent: false }, (answer) => {
        answer.resume();
        done(answer.statusCode ?? 0);
      });
      asking.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? ''));
      asking.end();
    });
  const connectBefore = require('node:net').Socket.prototype.connect;
  await using plain = await startEmulator({ caDir });
  expect(await status('localhost', plain.ports.https)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  const trusted = await startEmulator({ caDir, trust: 'process' });
  expect(await status('localhost', 443)).toBe(404);
  expect(await status(`p${trusted.ports.https}.hub.localhost`, 443)).toBe(404);
  await trusted.close();
  expect(await status('localhost', plain.ports.https)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  expect(require('node:net').Socket.prototype.connect).toBe(connectBefore);
  expect(require('node:tls').createSecureContext).toBe(createSecureContext);
});

test('the same random seed gives the same keys, another one other keys', async () => {
  const keyOf = async (randomSeed: number): Promise<string | null> => {
    await using emulator = await startEmulator({ caDir, devices: ['dev/ice'.replace('/', '-')], randomSeed });
    return emulator.hub.registry.get('dev-ice').identity.authentication.primaryKey;
  };
  // base64 of HMAC-SHA256 of "dev-ice\nprimary\n0" under "42" and "43", as `openssl dgst -hmac` prints it
  expect([await keyOf(42), await keyOf(43)]).toEqual([
    'u1ywd31VeOUCexY/zvAjFCoM6YdMfaZP12EdOS5rwCE=',
    'uIWrzllP+opdxcLWVfCumkukGNurngmNPA8jr0uQO/0=',
  ]);
});

test('devices can come with keys, status, tags and desired properties', async () => {
  const primaryKey = 'cHJpbWFyeSBrZXkgb2YgdGhlIG92ZW4=';
  await using emulator = await startEmulator({
    caDir,
    devices: [{ id: 'oven', primaryKey, status: 'disabled', tags: { hall: 4 }, desired: { celsius: 180 } }],
  });
  const { identity } = emulator.hub.registry.get('oven');
  expect([identity.status, identity.authentication.primaryKey]).toEqual(['disabled', primaryKey]);
  expect(renderTwin(emulator.hub.twins.get('oven'))).toMatchObject({
    tags: { hall: 4 },
    properties: { desired: { celsius: 180 } },
  });
  expect(emulator.deviceConnectionString('oven')).toBe(
    `HostName=localhost:${emulator.ports.https};DeviceId=oven;SharedAccessKey=${primaryKey}`,
  );
});

test('the clock can be given by the test', async () => {
  const clock = new VirtualClock('2030-05-05T05:05:05Z');
  await using emulator = await startEmulator({ caDir, clock });
  await using still = await startEmulator({ caDir, clock: '2031-01-01' });
  expect([emulator.hub.clock.now(), still.hub.clock.now()]).toEqual([
    Date.parse('2030-05-05T05:05:05Z'),
    Date.parse('2031-01-01T00:00:00Z'),
  ]);
});

test('invalid options are refused', async () => {
  await expect(startEmulator({ caDir, randomSeed: 1.5 })).rejects.toThrow('randomSeed: Invalid input');
  await expect(startEmulator({ caDir, devices: ['a b'] })).rejects.toThrow('devices (0): is not a valid device id');
  await expect(startEmulator({ caDir, devices: ['a', 'a'] })).rejects.toThrow(HubError);
  await expect(startEmulator({ caDir, adminHost: '0.0.0.0' })).rejects.toThrow('needs an admin token');
});

test('an error for a busy port names it, and closes what was open', async () => {
  await using emulator = await startEmulator({ caDir });
  const { admin } = emulator.ports;
  await expect(startEmulator({ caDir, ports: { admin } })).rejects.toMatchObject({
    port: admin,
    code: 'EADDRINUSE',
  });
});

test('unknown policies and devices are named in errors', async () => {
  await using emulator = await startEmulator({ caDir });
  expect(() => emulator.connectionString('king')).toThrow(
    'There is no policy king; there are iothubowner, service, device, registryRead, registryReadWrite',
  );
  expect(() => emulator.deviceConnectionString('nobody')).toThrow(expect.objectContaining({ code: 'DeviceNotFound' }));
});

test('a first start creates certificates in the folder of the option', async () => {
  const folder = freshFolder();
  await using emulator = await startEmulator({ caDir: folder });
  expect(emulator.caFile).toBe(`${folder}/ca.pem`);
  expect(emulator.ca).toContain('BEGIN CERTIFICATE');
});
