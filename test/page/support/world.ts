import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';
import { type Emulator, startEmulator } from 'iothub-emulator';
import type { JsonObject } from '../../../protocol/json.ts';
import type { Message } from '../../../protocol/message.ts';
import { createExtras } from './extras.ts';
import { type PageServer, startPageServer } from './page-server.ts';

/** A hub with a fleet, some of it connected by Microsoft's SDK, and the page before it. */
export interface World extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly server: PageServer;
  /** The SDK's clients, by device id. */
  readonly clients: ReadonlyMap<string, device.Client>;
}

const CONNECTED = ['thermostat-07', 'thermostat-03', 'thermostat-11', 'gateway-1'];

export const startWorld = async ({ devices = 28 } = {}): Promise<World> => {
  const emulator = await startEmulator({ trust: 'process', clock: '2026-11-28T12:00:00Z' });
  fill(emulator, devices);
  await route(emulator);
  const clients = new Map<string, device.Client>();
  for (const id of CONNECTED) clients.set(id, await connect(emulator, id));
  await live(emulator, clients);
  await fail(emulator);
  const server = await startPageServer({
    admin: emulator.adminUrl,
    extras: createExtras(emulator),
  });
  return {
    emulator,
    server,
    clients,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      for (const client of clients.values()) await client.close();
      await emulator.close();
    },
  };
};

export const connect = async (emulator: Emulator, id: string): Promise<device.Client> => {
  const client = device.Client.fromConnectionString(emulator.deviceConnectionString(id), mqtt.Mqtt);
  await client.open();
  const twin = await client.getTwin();
  twin.on('properties.desired', () => {});
  client.onDeviceMethod('reboot', (_, response) => response.send(200, { rebooting: true }, () => {}));
  return client;
};

/** A fleet as the tutorials have it. */
const fill = ({ hub }: Emulator, devices: number): void => {
  const ids = Array.from({ length: devices }, (_, i) => `thermostat-${String(i + 1).padStart(2, '0')}`);
  for (const id of [...ids, 'gateway-1', 'chiller-2']) {
    hub.registry.put({ deviceId: id }, { deviceId: id, ...SPECIAL[id] });
    hub.twins.patch(id, {
      tags: {
        location: { region: 'US', plant: 'Redmond43' },
        building: '43',
        floor: 3,
        devicetype: id.startsWith('t') ? 'thermostat' : 'chiller',
      },
      properties: { desired: { telemetry: { intervalMs: 1000, format: 'json' }, thermostat: { target: 21.5 } } },
    });
  }
  hub.configurations.put('firmware285', CONFIGURATION);
};

const SPECIAL: Readonly<Record<string, JsonObject>> = {
  'gateway-1': { capabilities: { iotEdge: true } },
  'chiller-2': { status: 'disabled', statusReason: 'in repair' },
};

const CONFIGURATION = {
  id: 'firmware285',
  targetCondition: "tags.devicetype = 'chiller'",
  priority: 20,
  content: {
    deviceContent: { 'properties.desired.firmware': { version: '1.4.2', url: 'https://example.com/fw.bin' } },
  },
};

const route = ({ adminUrl }: Emulator): Promise<Response> =>
  fetch(`${adminUrl}/routing`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      endpoints: { eventHubs: [{ name: 'hot' }] },
      routes: [{ name: 'hot', source: 'DeviceMessages', condition: '$body.temperature > 30', endpointNames: ['hot'] }],
      fallbackRoute: { isEnabled: true },
    }),
  });

/** Minutes in the life of the fleet, on the hub's clock. */
const live = async ({ hub, adminUrl }: Emulator, clients: ReadonlyMap<string, device.Client>): Promise<void> => {
  const advance = (by: string) =>
    fetch(`${adminUrl}/clock/advance`, {
      method: 'POST',
      body: JSON.stringify({ by }),
      headers: { 'content-type': 'application/json' },
    });
  const reported = {
    connectivity: { type: 'cellular' },
    telemetry: { intervalMs: 5000 },
    firmware: { status: 'downloading', version: '1.4.1' },
  };
  for (const id of clients.keys())
    hub.twins.report(
      id,
      id === 'thermostat-07' ? reported : { telemetry: { intervalMs: 1000 }, connectivity: { type: 'wifi' } },
    );
  hub.faults.add({
    id: 'lost-network',
    match: { operation: 'twin.report', device: 'thermostat-04', times: 5 },
    effect: { type: 'disconnect', when: 'before' },
  });
  await advance('150s');
  const ids = [...clients.keys()];
  for (let second = 0; second < 60; second++) {
    for (let n = 0; n < 6 + 3 * Math.sin(second / 8) + second / 20; n++)
      hub.twins.report(ids[(second + n) % ids.length] ?? '', { telemetry: { sent: second * 10 + n } });
    for (let n = 0; n < 2 + Math.cos(second / 6); n++)
      hub.telemetry.receive(
        ids[(second + n) % ids.length] ?? '',
        telemetry(21 + ((second + n) % ids.length) + Math.sin(second / 9)),
      );
    await advance('1s');
  }
  for (const [id, client] of clients)
    await client.sendEvent(new device.Message(JSON.stringify({ temperature: 20.7, from: id })));
  await hub.methods.invoke('thermostat-07', { methodName: 'reboot', payload: { inSeconds: 5 } });
  hub.twins.report('thermostat-07', { telemetry: { sent: null } });
  await advance('3s');
  const twin = await clients.get('thermostat-07')?.getTwin();
  const report = (patch: object) => new Promise((done) => twin?.properties.reported.update(patch, done));
  await report({ firmware: { $next: '1.4.2' } });
  await report({ firmware: { status: 'applying' } });
  sendMessages(hub);
  await uploadFiles(hub);
};

/** A queue in which one message is on its way, and one that the device did not want. */
const sendMessages = ({ inbox }: Emulator['hub']): void => {
  for (const valve of [1, 2, 3])
    inbox.enqueue('thermostat-07', { body: Buffer.from(`{"open":"valve ${valve}"}`), system: {}, properties: {} });
  const token = inbox.receive('thermostat-07')?.lock.token ?? '';
  inbox.reject('thermostat-07', token);
  inbox.receive('thermostat-07');
};

/** A file that is there, and one that is on its way. */
const uploadFiles = async ({ files, blobs }: Emulator['hub']): Promise<void> => {
  const [begun] = ['log-1.txt', 'log-2.txt'].map((blobName) => files.begin('thermostat-07', { blobName }, 'localhost'));
  blobs.put('thermostat-07/log-1.txt', Buffer.from('21.5\n'.repeat(400)), { 'content-type': 'text/plain' });
  await files.complete('thermostat-07', { correlationId: begun?.correlationId ?? '', isSuccess: true });
};

/** Attempts that the hub refuses, as they are seen in the traffic. */
const fail = async (emulator: Emulator): Promise<void> => {
  const otherKey = emulator.deviceConnectionString('thermostat-12').replace(/(SharedAccessKey=).*/, '$1b3RoZXIga2V5');
  await device.Client.fromConnectionString(otherKey, mqtt.Mqtt)
    .open()
    .catch(() => {});
  const registry = iothub.Registry.fromConnectionString(emulator.connectionString());
  await registry.updateTwin('thermostat-11', { tags: { floor: 4 } }, 'AAAAAAAAAAE=').catch(() => {});
};

const telemetry = (temperature: number): Message => ({
  body: Buffer.from(JSON.stringify({ temperature: Math.round(temperature * 10) / 10 })),
  system: { contentType: 'application/json', contentEncoding: 'utf-8' },
  properties: { level: temperature > 23 ? 'warm' : 'normal' },
});
