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
