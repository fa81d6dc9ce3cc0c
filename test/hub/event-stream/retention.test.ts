import { expect, test } from 'vitest';
import { PartitionReader } from '../../../emulator/hub/event-stream/partition-reader.ts';
import { sizeInPartition } from '../../../emulator/hub/event-stream/stream-event.ts';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { newHub } from '../../support/hub/hub.ts';

const HOUR_MS = 3_600_000;
const DEVICES = 100;
/** Between two messages of a device. */
const PERIOD_MS = 300_000;
const PER_HOUR = DEVICES * (HOUR_MS / PERIOD_MS);
const HOURS = 24;
/** What becomes too old is removed within a minute. */
const KEPT = PER_HOUR * HOURS + DEVICES;

/** Events and bytes that the log has, counted from the changes of the state, as a store would. */
const countKept = (hub: Hub) => {
  const sizes = new Map<string, number>();
  const kept = { events: 0, bytes: 0 };
  hub.changes.listen((change) => {
    if (change.space !== 'stream-events') return;
    const bytes = change.value === undefined ? 0 : sizeInPartition(change.value.message);
    kept.events += (change.value === undefined ? 0 : 1) - (sizes.has(change.key) ? 1 : 0);
    kept.bytes += bytes - (sizes.get(change.key) ?? 0);
    if (change.value === undefined) sizes.delete(change.key);
    else sizes.set(change.key, bytes);
  });
  return kept;
};

/** Rows of the whole state. */
const rowsOf = (hub: Hub): number => {
  let rows = 0;
  for (const { size } of Object.values(takeSnapshot(hub).spaces)) rows += size;
  return rows;
};

const newWorld = () => {
  const { hub, clock } = newHub();
  for (let i = 0; i < DEVICES; i++) hub.registry.create({ deviceId: `d${i}` }, {});
  const partitions = [0, 1, 2, 3].map((partition) => ({ eventHub: 'events', partition }));
  const readers = () => partitions.map((name) => new PartitionReader(hub.stream, name, { from: 'earliest' }));
  const body = new TextEncoder().encode(JSON.stringify({ temperature: 21.5, note: 'x'.repeat(160) }));
  const run = (hours: number, meanwhile = (): void => {}): void => {
    for (let at = 0; at < hours * HOUR_MS; at += PERIOD_MS) {
      for (let i = 0; i < DEVICES; i++) hub.telemetry.receive(`d${i}`, { body, properties: {}, system: {} });
      clock.advance(PERIOD_MS);
      meanwhile();
    }
  };
  return { hub, clock, readers, run };
};

test('once the log has a day, a further day of 100 devices adds nothing to it', () => {
  const { hub, run } = newWorld();
  const kept = countKept(hub);
  run(HOURS);
  const full = { ...kept, rows: rowsOf(hub) };
  expect(full.events).toBe(PER_HOUR * HOURS);
  const most = { events: 0, bytes: 0, rows: 0 };
  run(HOURS, () => {
    most.events = Math.max(most.events, kept.events);
    most.bytes = Math.max(most.bytes, kept.bytes);
  });
  most.rows = rowsOf(hub);
  const each = full.bytes / full.events;
  expect(most.events).toBeLessThanOrEqual(KEPT);
  expect(most.bytes).toBeLessThanOrEqual(KEPT * each);
  expect(most.rows).toBeLessThanOrEqual(full.rows + DEVICES);
});

test('a consumer that stops reading holds nothing, and stops nobody', () => {
  const { hub, readers, run } = newWorld();
  const kept = countKept(hub);
  const [fast, slow] = [readers(), readers()];
  let read = 0;
  const followed = fast.map((reader) =>
    reader.follow(() => {
      read += reader.take(100).length;
    }),
  );
  const calls = { slow: 0 };
  const waiting = slow.map((reader) =>
    reader.follow(() => {
      calls.slow += 1;
    }),
  );
  run(2 * HOURS);
  const all = 2 * HOURS * PER_HOUR;
  expect([read, calls.slow]).toEqual([all, all]);
  expect(kept.events).toBeLessThanOrEqual(KEPT);
  // it goes on with the oldest event that is left
  const oldest = slow.flatMap((reader) => reader.take(1));
  const begins = [0, 1, 2, 3].map((partition) => hub.stream.begin({ eventHub: 'events', partition }));
  expect(oldest.map(({ sequenceNumber }) => sequenceNumber)).toEqual(begins);
  expect(Math.min(...begins)).toBeGreaterThan(0);
  for (const stop of [...followed, ...waiting]) stop();
});
