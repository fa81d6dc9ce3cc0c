import { expect, test } from 'vitest';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import type { RoutingInput } from '../../../protocol/routing.ts';
import { newEgress } from '../../support/hub/egress.ts';
import { newHub, refusal, START } from '../../support/hub/hub.ts';

const SECOND = 1000;
const all = (endpoint: string) => ({ name: 'all', source: 'DeviceMessages' as const, endpointNames: [endpoint] });

const webhook = { name: 'hook', endpointUrl: 'http://localhost/' };
const toWebhook: RoutingInput = { endpoints: { webhooks: [webhook] }, routes: [all('hook')] };
const container = {
  name: 'cold',
  connectionString: 'UseDevelopmentStorage=true',
  containerName: 'box',
  batchFrequencyInSeconds: 60,
};
const toStorage: RoutingInput = { endpoints: { storageContainers: [container] }, routes: [all('cold')] };

const newWorld = (routing: RoutingInput) => {
  const { egress, sent } = newEgress();
  const world = newHub({ partitions: 1, egress });
  world.hub.registry.create({ deviceId: 'd1' }, {});
  world.hub.router.replace(routing);
  return { ...world, sent };
};

const send = (hub: Hub, n: number, size = 2): void =>
  hub.telemetry.receive('d1', { body: new Uint8Array(size), properties: { n: String(n) }, system: {} });

const numbers = ({ events }: { readonly events: readonly { readonly message: { readonly properties: object } }[] }) =>
  events.map(({ message: { properties } }) => Number((properties as { n?: string }).n));

const types = (events: readonly { readonly type: string }[]) =>
  events.map(({ type }) => type).filter((type) => type.startsWith('endpoint.'));

test('a webhook gets a message at once, the next one when it has taken it, and none twice', () => {
  const { hub, sent } = newWorld(toWebhook);
  send(hub, 1);
  send(hub, 2);
  expect(sent.map(numbers)).toEqual([[1]]);
  expect(hub.outbox.waiting('hook')).toBe(2);
  sent[0]?.end();
  expect(sent.map(numbers)).toEqual([[1], [2]]);
  sent[1]?.end();
  expect(hub.outbox.waiting('hook')).toBe(0);
  expect(hub.outbox.health.of('hook')).toEqual({
    healthStatus: 'healthy',
    delivered: 2,
    dropped: 0,
    lastSuccessfulSendAttemptTime: START,
    lastSendAttemptTime: START,
  });
  expect(hub.stream.read({ eventHub: 'hook', partition: 0 }, 0, 9)).toEqual([]);
});

test('a webhook gets as many messages at a time as its endpoint says', () => {
  const { hub, sent } = newWorld({ ...toWebhook, endpoints: { webhooks: [{ ...webhook, maxEventsPerBatch: 2 }] } });
  for (const n of [1, 2, 3, 4]) send(hub, n);
  sent[0]?.end();
  expect(sent.map(numbers)).toEqual([[1], [2, 3]]);
});

test('a container gets what has come until the batch is as old as its frequency', () => {
  const { hub, clock, sent } = newWorld(toStorage);
  send(hub, 1);
  clock.advance(59 * SECOND);
  send(hub, 2);
  expect(sent).toEqual([]);
  clock.advance(1 * SECOND);
  expect(sent.map(numbers)).toEqual([[1, 2]]);
  sent[0]?.end({ to: 'a.json' });
  send(hub, 3);
  clock.advance(60 * SECOND);
  expect(sent.map(numbers)).toEqual([[1, 2], [3]]);
});

test('a container gets a batch that is large enough at once', () => {
  const { hub, sent } = newWorld({
    ...toStorage,
    endpoints: { storageContainers: [{ ...container, maxChunkSizeInBytes: 10_485_760 }] },
  });
  // 200,000 bytes of body and about 1,000 for the rest
  for (let n = 0; n < 53; n++) send(hub, n, 200_000);
  expect(sent.map((batch) => batch.events.length)).toEqual([53]);
});

// https://learn.microsoft.com/azure/event-grid/delivery-and-retry#retry-schedule
test('what an endpoint does not take is sent again after 10 s, 30 s, 1 min and 5 min', () => {
  const { hub, clock, sent, events } = newWorld(toWebhook);
  send(hub, 1);
  for (const seconds of [10, 30, 60, 300]) {
    sent.at(-1)?.end({ problem: '503' });
    const { length } = sent;
    send(hub, 2);
    clock.advance(seconds * SECOND - 1);
    expect(sent).toHaveLength(length);
    clock.advance(1);
    expect(sent).toHaveLength(length + 1);
  }
  expect(hub.outbox.health.of('hook')).toMatchObject({ healthStatus: 'unhealthy', lastKnownError: '503' });
  sent.at(-1)?.end();
  expect(sent.at(-2)).toMatchObject({ attempt: 5 });
  expect(sent.at(-1)).toMatchObject({ attempt: 1 });
  expect(hub.outbox.health.of('hook')).toMatchObject({ healthStatus: 'healthy', delivered: 1 });
  expect(types(events)).toEqual([...Array(4).fill('endpoint.failed'), 'endpoint.delivered']);
});

test('after its last attempt a message is given up: the endpoint is dead, the next message is tried a minute later', () => {
  const retryPolicy = { maxDeliveryAttempts: 2 };
  const { hub, clock, sent, events } = newWorld({
    ...toWebhook,
    endpoints: { webhooks: [{ ...webhook, retryPolicy }] },
  });
  send(hub, 1);
  send(hub, 2);
  sent[0]?.end({ problem: 'nobody there' });
  clock.advance(10 * SECOND);
  sent[1]?.end({ problem: 'nobody there' });
  expect(hub.outbox.health.of('hook')).toMatchObject({ healthStatus: 'dead', dropped: 1, delivered: 0 });
  expect(events.at(-1)).toMatchObject({ type: 'endpoint.dropped', messages: 1, problem: 'nobody there' });
  clock.advance(60 * SECOND);
  expect(sent.map(numbers)).toEqual([[1], [1], [2]]);
  sent[2]?.end();
  expect(hub.outbox.health.of('hook')).toMatchObject({ healthStatus: 'healthy', dropped: 1, delivered: 1 });
});

test('a message that cannot be taken ever is given up at once, and the next one follows', () => {
  const { hub, sent } = newWorld(toWebhook);
  send(hub, 1);
  send(hub, 2);
  sent[0]?.end({ problem: '400', isFinal: true });
  expect(sent.map(numbers)).toEqual([[1], [2]]);
  expect(hub.outbox.health.of('hook')).toMatchObject({ healthStatus: 'unhealthy', dropped: 1 });
});

test('what an endpoint does not take for a day is lost, and counted; the built-in one goes on', () => {
  const { hub, clock, sent } = newWorld({
    ...toWebhook,
    routes: [all('hook'), { ...all('events'), name: 'too' }],
  });
  send(hub, 1);
  clock.advance(86_400 * SECOND + 120 * SECOND);
  send(hub, 2);
  sent[0]?.end({ problem: 'late' });
  expect(sent).toHaveLength(1);
  expect(hub.outbox.health.of('hook')).toMatchObject({ healthStatus: 'dead', dropped: 1 });
  expect(hub.stream.end({ eventHub: 'events', partition: 0 }).sequenceNumber).toBe(1);
});

test('an endpoint that is silent costs no more than a partition holds; what had no room is counted', () => {
  const { hub, sent, events } = newWorld(toWebhook);
  for (let n = 0; n < 300; n++) send(hub, n, 250_000);
  expect(sent).toHaveLength(1);
  expect(hub.stream.read({ eventHub: 'hook', partition: 0 }, 0, 1000).length).toBeLessThan(135);
  sent[0]?.end();
  const dropped = events.find(({ type }) => type === 'endpoint.dropped');
  expect(dropped).toMatchObject({ messages: expect.any(Number) });
  const { delivered, dropped: lost } = hub.outbox.health.of('hook');
  expect(delivered + lost + hub.outbox.waiting('hook')).toBe(300);
});

test('what had no room while a batch was on its way is counted, if the batch fails too', () => {
  const { hub, clock, sent } = newWorld(toWebhook);
  for (let n = 0; n < 300; n++) send(hub, n, 250_000);
  sent[0]?.end({ problem: '503' });
  clock.advance(10 * SECOND);
  const { dropped } = hub.outbox.health.of('hook');
  expect(dropped).toBeGreaterThan(150);
  expect(dropped + hub.outbox.waiting('hook')).toBe(300);
});

test('other routes stop what is being sent, forget endpoints that are gone, and try the others at once', () => {
  const { hub, sent } = newWorld(toWebhook);
  send(hub, 1);
  sent[0]?.end({ problem: '403' });
  hub.router.replace({ ...toWebhook, endpoints: { webhooks: [{ ...webhook, validation: 'off' }] } });
  expect(sent.map(numbers)).toEqual([[1], [1]]);
  expect(hub.outbox.health.of('hook')).toEqual({ healthStatus: 'unknown', delivered: 0, dropped: 0 });
  hub.router.replace({});
  expect(sent[1]?.isStopped).toBe(true);
  sent[1]?.end();
  expect(hub.outbox.health.of('hook')).toMatchObject({ delivered: 0 });
  hub.router.replace(toWebhook);
  send(hub, 2);
  expect(sent.map(numbers)).toEqual([[1], [1], [2]]);
});

test('an event hub does not pass its events on to a webhook of its name, nor a webhook to an event hub', () => {
  const toEventHub: RoutingInput = { endpoints: { eventHubs: [{ name: 'hook' }] }, routes: [all('hook')] };
  const { hub, sent } = newWorld(toEventHub);
  send(hub, 1);
  hub.router.replace(toWebhook);
  expect(sent).toEqual([]);
  send(hub, 2);
  expect(sent.map(numbers)).toEqual([[2]]);
  hub.router.replace(toEventHub);
  expect(hub.stream.read({ eventHub: 'hook', partition: 0 }, 0, 9)).toEqual([]);
  hub.router.replace(toWebhook);
  send(hub, 3);
  expect(sent.map(numbers)).toEqual([[2], [3]]);
});

test('after a restore, what the snapshot had on its way is sent again', () => {
  const { hub, sent } = newWorld(toWebhook);
  send(hub, 1);
  const snapshot = takeSnapshot(hub);
  sent[0]?.end();
  send(hub, 2);
  restoreSnapshot(hub, snapshot);
  expect(sent[1]?.isStopped).toBe(true);
  expect(sent.map(numbers)).toEqual([[1], [2], [1]]);
});

// https://learn.microsoft.com/azure/event-grid/event-schema-iot-hub#available-event-types
test('a webhook gets no twin changes: Event Grid has none', () => {
  const { hub } = newHub({ egress: newEgress().egress });
  const routes = [{ ...all('hook'), source: 'TwinChangeEvents' as const }];
  expect(refusal(() => hub.router.replace({ ...toWebhook, routes }))).toMatchObject({
    message: expect.stringContaining('Event Grid has no events for TwinChangeEvents'),
  });
});
