import { PassThrough } from 'node:stream';
import { HubError } from '../../../../protocol/errors.ts';
import { PartitionReader } from '../../../hub/event-stream/partition-reader.ts';
import type { StreamPosition } from '../../../hub/event-stream/position.ts';
import type { StreamEvent } from '../../../hub/event-stream/stream-event.ts';
import type { Hub } from '../../../hub/hub.ts';
import { plainBody } from '../../../plain-body.ts';
import { type AdminRoute, adminRoute, Reply } from '../route.ts';

/** How many events are read at a time. */
const BATCH = 100;

/** A client that reads more slowly gets the next events when it has read these bytes. */
const MOST_WAITING = 1024 * 1024;

/** Reads event hubs without an SDK. */
export const monitor = (hub: Hub): readonly AdminRoute[] => [
  adminRoute('GET /monitor', ({ query: { endpoint, device, group, from } }) => {
    if (!hub.router.eventHubs.includes(endpoint))
      throw new HubError(
        'GenericNotFound',
        `There is no endpoint ${endpoint}; there are ${hub.router.eventHubs.join(', ')}`,
      );
    if (!hub.stream.hasConsumerGroup(group))
      throw new HubError(
        'GenericNotFound',
        `There is no consumer group ${group}; start the emulator with --consumer-group ${group}`,
      );
    const partitions =
      device === undefined
        ? Array.from({ length: hub.stream.partitions }, (_, partition) => partition)
        : [hub.stream.partitionOf(device)];
    const stream = new PassThrough({ highWaterMark: MOST_WAITING });
    stream.write(': events\n\n');
    for (const partition of partitions) {
      const reader = new PartitionReader(hub.stream, { eventHub: endpoint, partition }, positionOf(from));
      stream.once(
        'close',
        follow(reader, stream, (event) => render(event, partition, device)),
      );
    }
    return new Reply({ status: 200, body: { type: 'text/event-stream', content: stream } });
  }),
];

const positionOf = (from: string): StreamPosition => {
  if (from === 'now') return { from: 'latest' };
  if (from === 'start') return { from: 'earliest' };
  const value = Date.parse(from);
  if (Number.isNaN(value)) throw new HubError('ArgumentInvalid', `${from} is neither now, start nor a time`);
  return { from: 'enqueuedAt', value, inclusive: true };
};

/** Writes what there is, and what comes, as fast as the client reads. Returns the way to stop. */
const follow = (reader: PartitionReader, stream: PassThrough, text: (event: StreamEvent) => string): (() => void) => {
  const pump = (): void => {
    while (!stream.writableNeedDrain && !stream.destroyed) {
      const events = reader.take(BATCH);
      if (events.length === 0) return;
      for (const event of events) stream.write(text(event));
    }
  };
  stream.on('drain', pump);
  pump();
  return reader.follow(pump);
};

const render = (
  { sequenceNumber, offset, enqueuedAt, message: { body, properties, system } }: StreamEvent,
  partition: number,
  device: string | undefined,
): string => {
  if (device !== undefined && system.connectionDeviceId !== device) return '';
  const enqueuedTime = new Date(enqueuedAt).toISOString();
  const event = { partition, sequenceNumber, offset, enqueuedTime, body: plainBody(body), properties, system };
  return `data: ${JSON.stringify(event)}\n\n`;
};
