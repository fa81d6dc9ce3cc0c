import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Client, Message } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { startEmulator } from 'iothub-emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { installedSet } from '../../support/packages/sets.ts';
import { type Storage, startAzurite } from '../../support/programs/azurite.ts';
import { sharedCa } from '../../support/programs/command.ts';
import { newEgressHub, routeTo, say } from '../../support/wire/egress-hub.ts';

let storage: Storage;
beforeAll(async () => {
  storage = await startAzurite();
});
afterAll(() => storage?.[Symbol.asyncDispose]());

const FIVE_MINUTES = 300_000;
const NAME = 'contoso/00/2026/01/01/00/05';

const downloaded = async (container: string, name: string): Promise<Buffer> => {
  const response = await fetch(container.replace('?', `/${name}?`));
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
};

interface AvroRecord {
  readonly EnqueuedTimeUtc: string;
  readonly Properties: Readonly<Record<string, string>>;
  readonly SystemProperties: Readonly<Record<string, string>>;
  readonly Body: Buffer;
}

/** The schema and the records of a file, as avsc reads them. */
const read = async (file: Buffer): Promise<{ readonly schema: unknown; readonly records: readonly AvroRecord[] }> => {
  const avsc = createRequire(join(installedSet('npm', 'avro'), 'package.json'))('avsc');
  const decoder = new avsc.streams.BlockDecoder();
  let schema: unknown;
  decoder.on('metadata', (type: { toJSON(): unknown }) => {
    schema = type.toJSON();
  });
  Readable.from([file]).pipe(decoder);
  const records: AvroRecord[] = [];
  for await (const record of decoder) records.push(record);
  return { schema, records };
};

const written = async (container: object, fill: (hub: Hub) => void): Promise<string | undefined> => {
  using world = newEgressHub({
    endpoints: { storageContainers: [{ name: 'cold', ...container }] },
    routes: [routeTo('cold')],
  });
  world.hub.registry.create({ deviceId: 'd1' }, {});
  fill(world.hub);
  const done = Promise.race([world.next('endpoint.delivered'), world.next('endpoint.failed')]);
  world.clock.advance(FIVE_MINUTES);
  const event = await done;
  return event.type === 'endpoint.delivered' ? event.to : event.problem;
};

test('by its connection string, a container gets JSON lines', async () => {
  const url = await storage.container('lines');
  const { connectionString } = storage;
  const to = await written({ connectionString, containerName: 'lines', encoding: 'JSON' }, (hub) => {
    for (let n = 0; n < 3; n++) say(hub, { n }, { level: 'high' });
  });
  expect(to).toBe(`${NAME}.json`);
  const lines = (await downloaded(url, `${NAME}.json`)).toString().trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { Properties: { level: 'high' }, SystemProperties: { connectionDeviceId: 'd1' }, Body: { n: 0 } },
    { Body: { n: 1 } },
    { Body: { n: 2 } },
  ]);
});

test.each(['avro', 'avrodeflate'])('avsc reads what is written as %s', async (encoding) => {
  const url = await storage.container(encoding);
  const to = await written({ endpointUri: url, encoding }, (hub) => {
    for (let n = 0; n < 1000; n++) say(hub, { n, text: 'ä'.repeat(n % 200) }, { n: String(n) });
    hub.telemetry.receive('d1', { body: new Uint8Array([0, 255]), properties: {}, system: {} });
  });
  expect(to).toBe(`${NAME}.avro`);
  const { schema, records } = await read(await downloaded(url, `${NAME}.avro`));
  expect(schema).toEqual({
    type: 'record',
    name: 'Microsoft.Azure.Devices.Message',
    fields: [
      { name: 'EnqueuedTimeUtc', type: 'string' },
      { name: 'Properties', type: { type: 'map', values: 'string' } },
      { name: 'SystemProperties', type: { type: 'map', values: 'string' } },
      { name: 'Body', type: ['null', 'bytes'] },
    ],
  });
  expect(records).toHaveLength(1001);
  expect(records.slice(0, 1000).map(({ Properties, Body }) => [Properties, JSON.parse(Body.toString()).n])).toEqual(
    Array.from({ length: 1000 }, (_, n) => [{ n: String(n) }, n]),
  );
  expect(records[0]).toMatchObject({
    EnqueuedTimeUtc: '2026-01-01T00:00:00.0000000Z',
    SystemProperties: { connectionDeviceId: 'd1', messageId: 'm1', contentType: 'application/json' },
  });
  expect(records[1000]?.Body).toEqual(Buffer.from([0, 255]));
});

test('the next blob of the same minute has a name of its own', async () => {
  const url = await storage.container('twice');
  const container = { endpointUri: url, encoding: 'JSON' };
  expect(await written(container, (hub) => say(hub, { n: 1 }))).toBe(`${NAME}.json`);
  expect(await written(container, (hub) => say(hub, { n: 2 }))).toBe(`${NAME}_2.json`);
  expect((await downloaded(url, `${NAME}_2.json`)).toString()).toContain('"Body":{"n":2}');
});

test('a SAS that may not write, and a wrong one, are told', async () => {
  const readOnly = await storage.container('closed', 'r');
  const say1 = (hub: Hub) => say(hub, {});
  expect(await written({ endpointUri: readOnly }, say1)).toBe(
    `PUT of ${NAME}.avro: 403 AuthorizationPermissionMismatch`,
  );
  const wrong = readOnly.replace(/sig=[^&]*/, 'sig=AAAA');
  expect(await written({ endpointUri: wrong }, say1)).toBe(`PUT of ${NAME}.avro: 403 AuthorizationFailure`);
});

test('what a device sends over MQTT to a running emulator is in a blob a second later', async () => {
  const url = await storage.container('live');
  const cold = { name: 'cold', endpointUri: url, encoding: 'JSON', batchFrequencyInSeconds: 1 };
  const routes = [{ name: 'all', source: 'DeviceMessages', endpointNames: ['cold'] }];
  await using emulator = await startEmulator({
    caDir: sharedCa,
    trust: 'process',
    devices: ['d1'],
    routing: { endpoints: { storageContainers: [cold] }, routes },
  });
  const delivered = new Promise<string>((done) =>
    emulator.hub.events.listen((event) => event.type === 'endpoint.delivered' && done(event.to ?? '')),
  );
  const device = Client.fromConnectionString(emulator.deviceConnectionString('d1'), Mqtt);
  await device.sendEvent(new Message('hot'));
  await device.close();
  const name = await delivered;
  expect(name).toMatch(/^localhost\/0[0-3]\/20\d\d\/\d\d\/\d\d\/\d\d\/\d\d\.json$/);
  const line = JSON.parse((await downloaded(url, name)).toString());
  expect(line).toMatchObject({ Body: 'aG90', SystemProperties: { connectionDeviceId: 'd1' } });
});
