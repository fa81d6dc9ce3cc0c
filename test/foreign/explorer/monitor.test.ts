import { once } from 'node:events';
import { EventHubConsumerClient } from '@azure/event-hubs';
import { type Connection, create_container, type Receiver } from 'rhea';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConnectionString } from '../../../protocol/connection-string.ts';
import { signSas } from '../../../protocol/sas.ts';
import { read } from '../event-hubs/reader.ts';
import { type ForeignHub, startHub } from '../support/hub.ts';

// The telemetry monitor of Azure IoT Explorer 0.15: src/server/eventHubHelper.ts asks the hub for its event hub, and
// src/server/serverBase.ts reads that with @azure/event-hubs.

let hub: ForeignHub;
beforeAll(async () => {
  hub = await startHub({ trust: 'process', devices: ['d1', 'd2'] });
});
afterAll(() => hub.close());

/** As its convertIotHubToEventHubsConnectionString, with the same client below it. */
const eventHubsStringOf = async (connectionString: string): Promise<string> => {
  const {
    HostName: host,
    SharedAccessKeyName: policy = '',
    SharedAccessKey: key = '',
  } = parseConnectionString(connectionString);
  const expiry = Math.ceil(Date.now() / 1000 + 5 * 60);
  const connection = create_container().connect({
    transport: 'tls',
    host,
    hostname: host,
    username: `${policy}@sas.root.${host.split('.')[0]}`,
    password: signSas({ resource: `${host}/messages/events`, key, policy, expiry }),
    port: 5671,
    reconnect: false,
  });
  await once(connection, 'connection_open');
  const info = await redirectOf(connection, `amqps://${host}/messages/events/$management`);
  connection.close();
  const [, eventHub] = /:\d+\/(.*)\/\$management/i.exec(info.address ?? '') ?? [];
  return `Endpoint=sb://${info.hostname}/;EntityPath=${eventHub};SharedAccessKeyName=${policy};SharedAccessKey=${key}`;
};

const redirectOf = async (connection: Connection, address: string): Promise<Readonly<Record<string, string>>> => {
  const receiver: Receiver = connection.open_receiver({ source: { address } });
  await once(receiver, 'receiver_error');
  const error = receiver.error as { condition: string; info: Record<string, string> }; // as rhea has it
  expect(error.condition).toBe('amqp:link:redirect');
  return error.info;
};

const say = (deviceId: string, text: string): void =>
  hub.hub.telemetry.receive(deviceId, {
    body: Buffer.from(JSON.stringify({ text })),
    properties: { level: 'high' },
    system: { contentType: 'application/json', contentEncoding: 'utf-8' },
  });

test('the monitor finds the event hub by the connection string of the hub, and shows what a device says', async () => {
  const string = await eventHubsStringOf(hub.emulator.connectionString('iothubowner'));
  const since = Date.now();
  say('d1', 'one');
  say('d2', 'of another device');
  say('d1', 'two');
  const reader = read(new EventHubConsumerClient('$Default', string), { startPosition: { enqueuedOn: since - 1 } });
  await reader.received(3);
  await reader.close();
  const shown = reader.events
    .filter(({ systemProperties }) => systemProperties?.['iothub-connection-device-id'] === 'd1')
    .map(({ body, properties, systemProperties }) => [body, properties, systemProperties?.['iothub-message-source']]);
  expect(shown).toEqual([
    [{ text: 'one' }, { level: 'high' }, 'Telemetry'],
    [{ text: 'two' }, { level: 'high' }, 'Telemetry'],
  ]);
  expect(reader.errors).toEqual([]);
});
