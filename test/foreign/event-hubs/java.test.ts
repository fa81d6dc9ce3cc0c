import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { javaProgram, makeTrustStore } from '../../support/programs/java.ts';
import { report } from '../exec.ts';
import { type ForeignHub, runProgram, startHub } from '../support/hub.ts';

let hub: ForeignHub;
let trustStore: string;
beforeAll(async () => {
  hub = await startHub({ partitions: 2 });
  trustStore = await makeTrustStore(hub.caFile);
});
afterAll(() => hub.close());
beforeEach(() => hub.emulator.snapshots.reset());

// the names of AmqpTransportType of azure-core-amqp
test.each(['Amqp', 'AmqpWebSockets'])(
  'EventProcessorClient goes on from its checkpoints over %s',
  async (transport) => {
    const environment = hub.device('d1');
    const send = (text: string): void =>
      hub.hub.telemetry.receive('d1', {
        body: Buffer.from(text),
        properties: { level: 'high' },
        system: { messageId: text },
      });
    const partition = String(hub.hub.stream.partitionOf('d1'));
    const event = (body: string, sequence: number) => ({
      ...{ body, sequence, messageId: body, properties: { level: 'high' } },
      ...{ device: 'd1', source: 'Telemetry' },
    });
    for (const text of ['a', 'b', 'c']) send(text);
    const lines: unknown[] = [];
    const program = javaProgram(join(import.meta.dirname, 'Processor.java'), trustStore, 'event-hubs');
    const outcome = await runProgram([...program, transport, '3'], environment, async (line) => {
      lines.push(JSON.parse(line));
      if (lines.length === 1) send('d');
    });
    report(outcome);
    expect(lines).toEqual([
      { events: [event('a', 0), event('b', 1), event('c', 2)], partitions: [partition] },
      { events: [event('d', 3)], partitions: [partition] },
    ]);
  },
);
