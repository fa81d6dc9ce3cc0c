import { expect, test } from 'vitest';
import { PartitionReader } from '../../../emulator/hub/event-stream/partition-reader.ts';
import type { Hub } from '../../../emulator/hub/hub.ts';
import type { HubOptions } from '../../../emulator/hub/hub-options.ts';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { newHub } from '../../support/hub/hub.ts';

const newWorld = (options: Partial<HubOptions> = {}) => {
  const world = newHub({ partitions: 1, ...options });
  world.hub.registry.create({ deviceId: 'd1' }, {});
  return world;
};

const partition = { eventHub: 'events', partition: 0 };
const earliest = { from: 'earliest' } as const;

const send = (hub: Hub, text: string, key = 'd1'): void =>
  hub.telemetry.receive(key, { body: new TextEncoder().encode(text), properties: {}, system: {} });

const texts = (reader: PartitionReader, count = 100): string[] =>
  reader.take(count).map(({ message }) => new TextDecoder().decode(message.body));

test('messages are read in the order in which they were sent, from where a reader begins', () => {
  const { hub, clock } = newWorld();
  for (const text of ['a', 'b', 'c', 'd']) {
    send(hub, text);
    clock.advance(1000);
  }
  const offset = hub.stream.read(partition, 1, 1)[0]?.offset ?? 0;
  const at = clock.now() - 2000; // when c was sent
  const read = (position: ConstructorParameters<typeof PartitionReader>[2]) =>
    texts(new PartitionReader(hub.stream, partition, position));
  expect(read(earliest)).toEqual(['a', 'b', 'c', 'd']);
  expect(read({ from: 'latest' })).toEqual([]);
  expect(read({ from: 'offset', value: -1, inclusive: false })).toEqual(['a', 'b', 'c', 'd']);
  expect(read({ from: 'offset', value: offset, inclusive: false })).toEqual(['c', 'd']);
  expect(read({ from: 'offset', value: offset, inclusive: true })).toEqual(['b', 'c', 'd']);
  expect(read({ from: 'sequenceNumber', value: 2, inclusive: false })).toEqual(['d']);
  expect(read({ from: 'sequenceNumber', value: 2, inclusive: true })).toEqual(['c', 'd']);
  expect(read({ from: 'enqueuedAt', value: at, inclusive: false })).toEqual(['d']);
  expect(read({ from: 'enqueuedAt', value: at, inclusive: true })).toEqual(['c', 'd']);
});

// https://learn.microsoft.com/azure/event-hubs/event-hubs-features#stream-offsets
test('a reader of what came after a time misses nothing, though the clock of the machine was set back meanwhile', () => {
  const { hub, clock } = newWorld();
  for (const text of ['a', 'b', 'c', 'd', 'e']) {
    send(hub, text);
    clock.set(clock.now() + (text === 'b' ? -5000 : 1000));
  }
  const at = Date.parse('2026-01-01T00:00:00Z');
  const read = (value: number, inclusive: boolean) =>
    texts(new PartitionReader(hub.stream, partition, { from: 'enqueuedAt', value, inclusive }));
  expect(read(at, false)).toEqual(['b', 'c', 'd', 'e']);
  expect(read(at, true)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(read(at + 1000, false)).toEqual([]);
});

test('readers go on by themselves, each at its own pace', () => {
  const { hub } = newWorld();
  const [slow, fast] = [0, 1].map(() => new PartitionReader(hub.stream, partition, earliest));
  for (const text of ['a', 'b', 'c']) send(hub, text);
  expect([slow && texts(slow, 1), fast && texts(fast)]).toEqual([['a'], ['a', 'b', 'c']]);
  send(hub, 'd');
  expect([slow && texts(slow, 2), fast && texts(fast)]).toEqual([['b', 'c'], ['d']]);
});

test('all events of a device and its modules are in one partition, and devices spread over all of them', () => {
  const { hub } = newHub();
  const partitions = new Set<number>();
  for (let i = 0; i < 100; i++) partitions.add(hub.stream.partitionOf(`device-${i}`));
  expect([...partitions].sort()).toEqual([0, 1, 2, 3]);
  hub.registry.create({ deviceId: 'd1' }, {});
  hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  send(hub, 'device');
  send(hub, 'module', 'd1/m1');
  const name = { eventHub: 'events', partition: hub.stream.partitionOf('d1') };
  expect(texts(new PartitionReader(hub.stream, name, earliest))).toEqual(['device', 'module']);
});

// FNV-1a with 32 bits: http://www.isthe.com/chongo/src/fnv/test_fnv.c has 0xe40c292c for "a" and 0xbf9cf968 for "foobar"
test('the partition of a device is the same in every hub', () => {
  const { hub } = newHub({ partitions: 1000 });
  expect([hub.stream.partitionOf('a'), hub.stream.partitionOf('foobar')]).toEqual([
    0xe40c292c % 1000,
    0xbf9cf968 % 1000,
  ]);
});

test('events are kept for a day of the hub, and numbers go on after it', () => {
  const { hub, clock } = newWorld();
  send(hub, 'old');
  clock.advance(23 * 3_600_000);
  send(hub, 'young');
  clock.advance(2 * 3_600_000);
  expect(hub.stream.begin(partition)).toBe(1);
  expect(texts(new PartitionReader(hub.stream, partition, earliest))).toEqual(['young']);
  clock.advance(48 * 3_600_000);
  expect(hub.stream.begin(partition)).toBe(2);
  expect(hub.stream.end(partition)).toMatchObject({ sequenceNumber: 1 });
  expect(hub.scheduler.entries()).toEqual([]);
});

test('a partition that is full gives up its oldest events', () => {
  const { hub } = newWorld();
  const body = new Uint8Array(200_000);
  for (let i = 0; i < 200; i++) hub.telemetry.receive('d1', { body, properties: {}, system: {} });
  const kept = hub.stream.read(partition, 0, 1000);
  expect(kept.at(-1)?.sequenceNumber).toBe(199);
  expect(kept.length * body.length).toBeGreaterThan(30 * 1024 * 1024);
  expect(kept.length * body.length).toBeLessThan(32 * 1024 * 1024);
});

test('a restored hub has the events of then, and its readers get the next ones', () => {
  const { hub } = newWorld();
  send(hub, 'a');
  const then = takeSnapshot(hub);
  send(hub, 'b');
  const reader = new PartitionReader(hub.stream, partition, { from: 'latest' });
  let calls = 0;
  reader.follow(() => {
    calls += 1;
  });
  restoreSnapshot(hub, then);
  expect(hub.stream.end(partition)).toMatchObject({ sequenceNumber: 0 });
  send(hub, 'c');
  expect([calls, texts(reader)]).toEqual([2, ['c']]);
});

test('what a reader throws does not reach the device', () => {
  const failures: unknown[] = [];
  const { hub } = newWorld({ failed: (error) => failures.push(error) });
  const stop = hub.stream.watch(partition, () => {
    throw new Error('broken');
  });
  send(hub, 'a');
  stop();
  send(hub, 'b');
  expect(failures).toEqual([new Error('broken')]);
});
