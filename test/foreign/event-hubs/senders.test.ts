import { join } from 'node:path';
import { EventHubConsumerClient } from '@azure/event-hubs';
import { Client, Message } from 'azure-iot-device';
import { Amqp, AmqpWs } from 'azure-iot-device-amqp';
import { Http } from 'azure-iot-device-http';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { javaProgram, makeTrustStore } from '../../support/programs/java.ts';
import { python } from '../../support/programs/python.ts';
import { report } from '../exec.ts';
import { type ForeignHub, runProgram, startHub } from '../support/hub.ts';
import { read } from './reader.ts';

// What Microsoft's device SDKs send over each protocol, as Microsoft's client of Event Hubs reads it.

let hub: ForeignHub;
let trustStore: string;
beforeAll(async () => {
  // Java's device client requires a dot in the host name
  hub = await startHub({ hostname: '127.0.0.1', partitions: 1, trust: 'process' });
  trustStore = await makeTrustStore(hub.caFile);
});
afterAll(() => hub.close());
beforeEach(() => hub.emulator.snapshots.reset());

const expectEvent = async (
  system: Readonly<Record<string, unknown>>,
  properties: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const reader = read(new EventHubConsumerClient('$Default', hub.emulator.eventsConnectionString()));
  await reader.received(1);
  await reader.close();
  expect(reader.errors).toEqual([]);
  const [event] = reader.events;
  expect(event).toMatchObject({
    body: { reading: 21.5 },
    sequenceNumber: 0,
    messageId: 'reading 1/2',
    correlationId: 'c 1',
    contentType: 'application/json',
  });
  expect(event?.properties).toEqual({ place: 'hall = 7 & cellar', ...properties });
  expect(event?.systemProperties).toEqual({
    messageId: 'reading 1/2',
    correlationId: 'c 1',
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    // the value of azure-iot-device, azure-iot-device for Python and iot-device-client
    'iothub-interface-id': 'urn:azureiot:Security:SecurityAgent:1',
    'iothub-connection-device-id': 'd1',
    'iothub-connection-auth-method': '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
    'iothub-connection-auth-generation-id': hub.hub.registry.get('d1').identity.generationId,
    'iothub-message-source': 'Telemetry',
    'iothub-enqueuedtime': expect.any(Number),
    ...system,
  });
};

// bytes of AMQP, of which the client of Event Hubs makes an object
const userId = { ...Buffer.from('u1') };
/** Sent by SDKs, and part of the message then. */
const to = '/devices/d1/messages/events';

// azure-iot-device-amqp leaves out the user, all of them the creation time
test.each([
  ['Amqp', Amqp, { to }],
  ['AmqpWs', AmqpWs, { to }],
  ['Http', Http, { to, userId }],
  ['Mqtt', Mqtt, { userId }],
  ['MqttWs', MqttWs, { userId }],
])(
  'what a device with the SDK for Node sends over %s arrives with every property and stamp',
  async (_, transport, system) => {
    hub.device('d1');
    const device = Client.fromConnectionString(hub.emulator.deviceConnectionString('d1'), transport);
    const message = new Message('{"reading":21.5}');
    message.messageId = 'reading 1/2';
    message.correlationId = 'c 1';
    message.userId = 'u1';
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    message.setAsSecurityMessage();
    message.properties.add('place', 'hall = 7 & cellar');
    await device.sendEvent(message);
    await device.close();
    await expectEvent(system);
  },
);

// iot-device-client writes milliseconds as if they were a fraction of seven digits
const created = {
  'iothub-creation-time-utc': '2026-01-02T03:04:05.0000678Z',
  creationTime: Date.parse('2026-01-02T03:04:05Z'),
};
const component = { 'dt-subject': 'thermostat' };

// over AMQP it leaves out the user and adds the id of the device, over HTTPS it leaves out the component
test.each([
  ['MQTT', { ...created, ...component, userId }, {}],
  ['MQTT_WS', { ...created, ...component, userId }, {}],
  ['AMQPS', { ...created, ...component }, { 'iothub-connection-device-id': 'd1' }],
  ['AMQPS_WS', { ...created, ...component }, { 'iothub-connection-device-id': 'd1' }],
  ['HTTPS', { ...created, to, userId }, {}],
])(
  'what a device with the SDK for Java sends over %s arrives with every property and stamp',
  async (protocol, system, properties) => {
    const command = await javaProgram(join(import.meta.dirname, 'Sender.java'), trustStore);
    report(await runProgram([...command, protocol], hub.device('d1')));
    await expectEvent(system, properties);
  },
);

test.each(['tcp', 'websockets'])(
  'what a device with the SDK for Python sends over MQTT, %s, arrives with every property and stamp',
  async (transport) => {
    report(await runProgram([await python(), join(import.meta.dirname, 'sender.py'), transport], hub.device('d1')));
    await expectEvent({ userId });
  },
);
