import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { textOf } from '../../support/hub/messages.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => {
  await stage.close();
});

// https://github.com/Azure/azure-iot-sdk-node/blob/main/device/transport/http/src/http.ts
test("Microsoft's SDK for Node over HTTPS: a device sends, and receives and settles messages", async () => {
  const { hub } = stage.hub;
  const id = `d-${randomUUID()}`;
  const variables = stage.hub.device(id);
  const received: unknown[] = [];
  const outcomes: string[] = [];
  const stop = hub.events.listen((event) => {
    if (event.type === 'telemetry' && event.key === id)
      received.push([textOf(event.message), { ...event.message.properties }, event.message.system.messageId]);
    if (event.type === 'feedback.recorded' && event.key === id) outcomes.push(event.record.statusCode);
  });
  for (const messageId of ['keep', 'refuse'])
    hub.inbox.enqueue(id, {
      body: Buffer.from(`for ${messageId}`),
      properties: { floor: '3' },
      system: { messageId, ack: 'full' },
    });
  const properties = [{ key: 'iothub-app-floor', value: '3' }]; // the SDK leaves the prefix
  expect(await stage.run('http-round-trip.js', { variables, args: [] })).toEqual({
    sent: ['MessageEnqueued', 'MessageEnqueued', 'MessageTooLargeError'],
    taken: [
      ['for keep', 'keep', properties, 'MessageAbandoned'],
      ['for keep', 'keep', properties, 'MessageCompleted'],
      ['for refuse', 'refuse', properties, 'MessageRejected'],
    ],
  });
  stop();
  expect(received).toEqual([
    ['{"reading":21.5}', { Level: 'high' }, 'm1'],
    ['two', { k: 'v' }, undefined],
    ['three', {}, undefined],
  ]);
  expect(outcomes).toEqual(['Success', 'Rejected']);
});
