import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import * as own from 'iothub-emulator/device';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/index.ts';
import { type DeviceCertificate, deviceCa, selfSigned } from '../../support/wire/device-certificates.ts';

let folder: string;
let emulator: Emulator;
let ours: Awaited<ReturnType<typeof deviceCa>>;
let revoked: DeviceCertificate;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'x509-'));
  ours = await deviceCa('devices of the house');
  const signed = await ours.sign('by-ca');
  revoked = signed;
  await writeFile(join(folder, 'ca.pem'), ours.pem);
  await writeFile(join(folder, 'crl.pem'), await ours.revoke([signed.serial]));
  emulator = await startEmulator({
    caDir: join(folder, 'own'),
    deviceCa: join(folder, 'ca.pem'),
    deviceCrl: join(folder, 'crl.pem'),
  });
  emulator.hub.registry.create({ deviceId: 'by-ca' }, { authentication: { type: 'certificateAuthority' } });
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

/** What Microsoft's device SDK makes of it: its own twin, or the name of its error. */
const enter = async (deviceId: string, { cert, key }: DeviceCertificate): Promise<unknown> => {
  const client = Client.fromConnectionString(
    `HostName=localhost:${emulator.ports.mqtt};DeviceId=${deviceId};x509=true`,
    Mqtt,
  );
  try {
    await client.setOptions({ cert, key, ca: emulator.ca ?? '' });
    await client.open();
    const { properties } = await client.getTwin();
    return properties.desired;
  } catch (error) {
    return error instanceof Error ? error.name : error;
  } finally {
    await client.close().catch(() => {});
  }
};
const WELCOME = { $version: 1 };
const REFUSED = 'UnauthorizedError';

test('a device with a self-signed certificate is known by its thumbprint', async () => {
  const [own, other] = [await selfSigned('anything'), await selfSigned('anything')];
  const x509Thumbprint = { primaryThumbprint: own.thumbprint };
  emulator.hub.registry.create({ deviceId: 'by-print' }, { authentication: { type: 'selfSigned', x509Thumbprint } });
  expect(await enter('by-print', own)).toMatchObject(WELCOME);
  expect(await enter('by-print', other)).toBe(REFUSED);
});

test('a self-signed certificate that is out of date is refused', async () => {
  const own = await selfSigned('anything', true);
  const x509Thumbprint = { primaryThumbprint: own.thumbprint };
  emulator.hub.registry.create({ deviceId: 'late' }, { authentication: { type: 'selfSigned', x509Thumbprint } });
  expect(await enter('late', own)).toBe(REFUSED);
});

test('a certificate of a CA that the user gave admits the device that it names, and no other', async () => {
  expect(await enter('by-ca', await ours.sign('by-ca'))).toMatchObject(WELCOME);
  expect(await enter('by-ca', await ours.sign('another'))).toBe(REFUSED);
});

test('a certificate that is revoked, out of date or of a foreign CA is refused', async () => {
  expect(await enter('by-ca', revoked)).toBe(REFUSED);
  expect(await enter('by-ca', await ours.sign('by-ca', true))).toBe(REFUSED);
  expect(await enter('by-ca', await (await deviceCa('devices of the house')).sign('by-ca'))).toBe(REFUSED);
});

test('a device with keys is not admitted by a certificate', async () => {
  emulator.hub.registry.create({ deviceId: 'by-key' }, {});
  expect(await enter('by-key', await ours.sign('by-key'))).toBe(REFUSED);
});

test('our own device client is admitted too, by string or by provider', async () => {
  const certificate = await selfSigned('anything');
  const x509Thumbprint = { primaryThumbprint: certificate.thumbprint };
  emulator.hub.registry.create({ deviceId: 'own' }, { authentication: { type: 'selfSigned', x509Thumbprint } });
  const host = `localhost:${emulator.ports.mqtt}`;
  const { cert, key } = certificate;
  const ca = emulator.ca ?? '';

  const byString = own.Client.fromConnectionString(`HostName=${host};DeviceId=own;x509=true`, own.Mqtt);
  await byString.setOptions({ cert, key, ca });
  const provider = own.X509AuthenticationProvider.fromX509Options('own', host, { cert, key });
  const byProvider = own.Client.fromAuthenticationProvider(provider, own.Mqtt);
  await byProvider.setOptions({ ca });
  for (const client of [byString, byProvider]) {
    await client.open();
    expect((await client.getTwin()).properties.desired).toMatchObject(WELCOME);
    await client.close();
  }

  const other = own.Client.fromConnectionString(`HostName=${host};DeviceId=by-ca;x509=true`, own.Mqtt);
  await other.setOptions({ cert, key, ca });
  await expect(other.open()).rejects.toMatchObject({ name: REFUSED });
  await other.close();
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-identity-registry#device-identity-properties
test.each([
  ['a+b', 'a\\+b'],
  ['a,b', 'a\\,b'],
  ['#a', '\\#a'],
  ['a=b', 'a\\=b'],
])(
  'a device whose id %s is escaped in names of certificates connects with a certificate of its CA',
  async (deviceId, escaped) => {
    emulator.hub.registry.create({ deviceId }, { authentication: { type: 'certificateAuthority' } });
    expect(await enter(deviceId, await ours.sign(escaped))).toMatchObject(WELCOME);
    expect(await enter(deviceId, await ours.sign('by-ca'))).toBe(REFUSED);
  },
);
