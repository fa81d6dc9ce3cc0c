import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installedSet } from '../../support/packages/sets.ts';
import { report } from '../exec.ts';
import { type ForeignHub, runProgram, startHub } from '../support/hub.ts';

let hub: ForeignHub;
beforeAll(async () => {
  hub = await startHub({ partitions: 1, amqpPlainPort: 0 });
});
afterAll(() => hub.close());

test.each([
  ['Amqp', 'tls'],
  ['AmqpOverWebsocket', 'tls'],
  ['Amqp', 'plain'],
] as const)('azure-eventhub reads messages of devices over %s, %s', async (transport, form) => {
  hub.emulator.snapshots.reset();
  const string = { IOTHUB_EVENTHUB_CONNECTION_STRING: hub.emulator.eventsConnectionString('events', 'plain') };
  const environment = { ...hub.device('d1'), ...(form === 'plain' ? string : {}) };
  for (const text of ['a', 'b'])
    hub.hub.telemetry.receive('d1', {
      body: Buffer.from(text),
      properties: { level: 'high' },
      system: { messageId: text, contentType: 'text/plain' },
    });
  const program = [join(installedSet('pip', 'event-hubs'), 'bin', 'python'), join(import.meta.dirname, 'read.py')];
  const event = (text: string, sequence: number) => ({
    body: text,
    properties: { level: 'high' },
    system: {
      'message-id': text,
      'content-type': 'text/plain',
      'x-opt-sequence-number': sequence,
      'iothub-connection-device-id': 'd1',
      'iothub-message-source': 'Telemetry',
      'iothub-enqueuedtime': expect.any(Number),
    },
    last: 1,
  });
  expect(report(await runProgram([...program, '2', transport], environment))).toMatchObject({
    partitions: ['0'],
    events: [event('a', 0), event('b', 1)],
  });
});

const python = (set: 'event-hubs' | 'uamqp', program: string): string[] => [
  join(installedSet('pip', set), 'bin', 'python'),
  join(import.meta.dirname, program),
];

const send = (...texts: readonly string[]): void => {
  for (const text of texts)
    hub.hub.telemetry.receive('d1', { body: Buffer.from(text), properties: { level: 'high' }, system: {} });
};

test('the asynchronous client of azure-eventhub reads messages of devices', async () => {
  hub.emulator.snapshots.reset();
  const environment = hub.device('d1');
  send('a', 'b');
  expect(report(await runProgram([...python('event-hubs', 'read_async.py'), '2'], environment))).toEqual({
    events: [
      ['a', 0, '0'],
      ['b', 1, '0'],
    ],
    last: 1,
  });
});

// https://github.com/Azure/azure-iot-cli-extension/blob/v0.25.0/azext_iot/monitor/builders/hub_target_builder.py
test('uamqp finds and reads messages of devices as az iot hub monitor-events does', async () => {
  hub.emulator.snapshots.reset();
  const environment = hub.device('d1');
  send('a', 'b');
  const [, policy = '', key = ''] =
    /SharedAccessKeyName=(.*?);SharedAccessKey=(.*)/.exec(hub.emulator.connectionString()) ?? [];
  const asked = ['localhost', policy, key, '2', '0'];
  const event = (body: string) => ({ body, properties: { level: 'high' }, device: 'd1' });
  expect(report(await runProgram([...python('uamqp', 'monitor.py'), ...asked], environment))).toEqual({
    endpoint: 'localhost',
    partitions: ['0'],
    events: [event('a'), event('b')],
  });
});
