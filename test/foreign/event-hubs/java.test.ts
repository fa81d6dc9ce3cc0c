import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { javaProgram, makeTrustStore } from '../../support/programs/java.ts';
import { report } from '../exec.ts';
import { APART, type ForeignHub, runProgram, startHub } from '../support/hub.ts';

let hub: ForeignHub;
let trustStore: string;
let environment: Readonly<Record<string, string>>;
beforeAll(async () => {
  hub = await startHub({ ...APART, partitions: 2 });
  trustStore = await makeTrustStore(hub.caFile);
});
afterAll(() => hub.close());
beforeEach(() => {
  hub.emulator.snapshots.reset();
  environment = hub.device('d1');
});

const send = (text: string): void =>
  hub.hub.telemetry.receive('d1', {
    body: Buffer.from(text),
    properties: { level: 'high' },
    system: { messageId: text },
  });
const partition = (): string => String(hub.hub.stream.partitionOf('d1'));
const program = (file: string): Promise<string[]> =>
  javaProgram(join(import.meta.dirname, file), trustStore, 'event-hubs');

/** Runs the processor, which reads three events and then one; returns what it has printed. */
const runProcessor = async (transport: string, heard: (line: unknown, count: number) => void): Promise<unknown[]> => {
  const lines: unknown[] = [];
  const outcome = await runProgram(
    [...(await program('Processor.java')), transport, '3'],
    environment,
    async (line) => {
      const told: unknown = JSON.parse(line);
      heard(told, lines.push(told));
    },
  );
  expect(outcome.code, outcome.stderr).toBe(0);
  return lines;
};

const event = (body: string, sequence: number) => ({
  ...{ partition: partition(), body, sequence, messageId: body, properties: { level: 'high' } },
  ...{ device: 'd1', source: 'Telemetry' },
});
/** What the processor prints. */
const allLines = () => [...['a', 'b', 'c'].map(event), 'stopped', event('d', 3)];

// the names of AmqpTransportType of azure-core-amqp
const TRANSPORTS = ['Amqp', 'AmqpWebSockets'];

test.each(TRANSPORTS)('EventProcessorClient goes on from its checkpoints over %s', async (transport) => {
  for (const text of ['a', 'b', 'c']) send(text);
  const lines = await runProcessor(transport, (line) => {
    if (line === 'stopped') send('d');
  });
  expect(lines).toEqual(allLines());
});

/** Connections that are opened until it is disposed of. */
const watchSockets = () => {
  const sockets = new Set<Socket>();
  const add = (message: unknown): void => void sockets.add((message as { readonly socket: Socket }).socket);
  subscribe('net.server.socket', add);
  return {
    cut: (): void => {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    [Symbol.dispose]: () => void unsubscribe('net.server.socket', add),
  };
};

test('EventProcessorClient goes on after its connections were cut, and misses and repeats nothing', async () => {
  using sockets = watchSockets();
  send('a');
  const lines = await runProcessor('Amqp', (line, count) => {
    if (count < 3) {
      sockets.cut();
      send('bc'.charAt(count - 1));
    }
    if (line === 'stopped') send('d');
  });
  expect(lines).toEqual(allLines());
});

// https://learn.microsoft.com/azure/event-hubs/event-hubs-event-processor-host#epoch
test.each(TRANSPORTS)('readers with owner levels take a partition from others over %s', async (transport) => {
  send('a');
  const told = report(await runProgram([...(await program('Owners.java')), transport, partition()], environment));
  expect(told).toEqual({
    'level 1': 'a',
    'level 2': 'a',
    'level 1 then': 'LINK_STOLEN',
    'level 1 again': 'LINK_STOLEN',
    'no level': 'LINK_STOLEN',
    'level 2 again': 'a',
    'level 2 then': 'LINK_STOLEN',
  });
});
