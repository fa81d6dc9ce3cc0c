import type { Message } from '../../../protocol/message.ts';
import { keySpace } from '../../kernel/change-feed.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import { StateMap } from '../../kernel/state-map.ts';
import { EventStore } from './event-store.ts';
import { NO_EVENTS, type PartitionEnd } from './partition-end.ts';
import { partitionOf } from './partition-of.ts';
import { firstAt, type StreamPosition } from './position.ts';
import { RETENTION_BYTES, RETENTION_MS, roundAfter } from './retention.ts';
import {
  type PartitionName,
  partitionKey,
  type StreamEvent,
  sizeInPartition,
  streamEventJson,
} from './stream-event.ts';

const ROUND = 'stream-retention';
const ANY_GROUP = '*';

/**
 * Room: the event hubs, each with as many partitions, in which events keep the order of their device. There is one under
 * `events`; others are there once something is appended.
 */
export class EventStream {
  /** Of each event hub. */
  readonly partitions: number;
  /** Milliseconds since 1970 on the hub's clock. */
  readonly createdAt: number;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #failed: (error: unknown) => void;
  readonly #events = new EventStore();
  /** By partition. */
  readonly #ends = new StateMap<PartitionEnd>();
  /** In lower case. */
  readonly #groups: ReadonlySet<string>;
  readonly #watchers = new Map<string, Set<() => void>>();
  #isRoundDue = false;
  #appended: (name: PartitionName) => void = () => {};

  /** `failed` gets what a watcher throws. */
  constructor(parts: {
    clock: Clock;
    scheduler: Scheduler;
    partitions: number;
    /** Consumer groups besides `$Default`; `*` admits every name. */
    consumerGroups: readonly string[];
    failed: (error: unknown) => void;
  }) {
    this.#clock = parts.clock;
    this.#scheduler = parts.scheduler;
    this.#failed = parts.failed;
    this.partitions = parts.partitions;
    this.createdAt = parts.clock.now();
    this.#groups = new Set(['$Default', ...parts.consumerGroups].map((name) => name.toLowerCase()));
    this.#scheduler.on(ROUND, () => this.#runRound());
  }

  get spaces() {
    return [keySpace('stream-events', this.#events, streamEventJson), keySpace('stream-ends', this.#ends)];
  }

  /** True for `$Default` and the groups that the hub was started with; letter case is ignored. */
  hasConsumerGroup(name: string): boolean {
    return this.#groups.has(ANY_GROUP) || this.#groups.has(name.toLowerCase());
  }

  /** The partition of a device's events. */
  partitionOf(deviceId: string): number {
    return partitionOf(deviceId, this.partitions);
  }

  /** Adds an event about a device to an event hub. */
  append(eventHub: string, deviceId: string, message: Message): StreamEvent {
    const name = { eventHub, partition: this.partitionOf(deviceId) };
    const partition = partitionKey(name);
    const end = this.#endOf(partition);
    const [sequenceNumber, offset, enqueuedAt] = [end.sequenceNumber + 1, end.nextOffset, this.#clock.now()];
    const nextOffset = offset + sizeInPartition(message);
    const event = this.#events.append(partition, { sequenceNumber, offset, enqueuedAt }, message);
    this.#ends.set(partition, { sequenceNumber, offset, enqueuedAt, nextOffset });
    this.#shrink(partition, nextOffset);
    if (!this.#isRoundDue) this.#planRound(enqueuedAt);
    this.#notify(partition);
    this.#appended(name);
    return event;
  }

  /** How far a partition has come. */
  end(name: PartitionName): PartitionEnd {
    return this.#endOf(partitionKey(name));
  }

  /** The number of the oldest event that is kept; that of the next event if none is. */
  begin(name: PartitionName): number {
    return this.first(name, { from: 'earliest' });
  }

  /** The number of the first event from a position on; that of the next event if there is none yet. */
  first(name: PartitionName, position: StreamPosition): number {
    const partition = partitionKey(name);
    return firstAt(position, this.#events.log(partition), this.#endOf(partition));
  }

  /** At most `count` kept events, from the one numbered `sequenceNumber` on. */
  read(name: PartitionName, sequenceNumber: number, count: number): readonly StreamEvent[] {
    return this.#events.log(partitionKey(name)).from(sequenceNumber, count);
  }

  /** Calls `watcher` when the partition has a new event, was restored or removed. Returns the way to stop. */
  watch(name: PartitionName, watcher: () => void): () => void {
    const partition = partitionKey(name);
    const watchers = this.#watchers.get(partition) ?? new Set();
    this.#watchers.set(partition, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
    };
  }

  /** Calls `act` after each event that is added to any partition. */
  onAppend(act: (name: PartitionName) => void): void {
    this.#appended = act;
  }

  /** Removes the events of a partition before the one numbered `sequenceNumber`. */
  discard(name: PartitionName, sequenceNumber: number): void {
    const partition = partitionKey(name);
    const log = this.#events.log(partition);
    for (let { oldest } = log; oldest !== undefined && oldest.sequenceNumber < sequenceNumber; { oldest } = log)
      this.#events.remove(partition, oldest.sequenceNumber);
  }

  /** Removes what is in other event hubs. */
  keepOnly(eventHubs: ReadonlySet<string>): void {
    const isKept = (partition: string): boolean => eventHubs.has(partition.slice(0, partition.lastIndexOf('/')));
    for (const partition of this.#events.partitions()) {
      if (isKept(partition)) continue;
      for (const { sequenceNumber } of this.#events.log(partition).all())
        this.#events.remove(partition, sequenceNumber);
    }
    for (const partition of [...this.#ends.keys()]) if (!isKept(partition)) this.#ends.delete(partition);
    for (const partition of this.#watchers.keys()) if (!isKept(partition)) this.#notify(partition);
  }

  /** Goes on with the events that were loaded or restored. */
  resume(): void {
    this.#isRoundDue = this.#scheduler.entries().some(({ kind }) => kind === ROUND);
    for (const partition of this.#watchers.keys()) this.#notify(partition);
  }

  #endOf(partition: string): PartitionEnd {
    return this.#ends.get(partition) ?? NO_EVENTS;
  }

  /** Makes room for the newest event. */
  #shrink(partition: string, nextOffset: number): void {
    const log = this.#events.log(partition);
    for (let { oldest } = log; oldest !== undefined && log.size > 1; { oldest } = log) {
      if (nextOffset - oldest.offset <= RETENTION_BYTES) return;
      this.#events.remove(partition, oldest.sequenceNumber);
    }
  }

  #planRound(enqueuedAt: number): void {
    this.#isRoundDue = true;
    this.#scheduler.put({ at: roundAfter(enqueuedAt), kind: ROUND, key: '' });
  }

  /** Removes events that are too old. */
  #runRound(): void {
    this.#isRoundDue = false;
    const limit = this.#clock.now() - RETENTION_MS;
    let next = Number.POSITIVE_INFINITY;
    for (const partition of this.#events.partitions()) {
      const log = this.#events.log(partition);
      for (let { oldest } = log; oldest !== undefined && oldest.enqueuedAt < limit; { oldest } = log)
        this.#events.remove(partition, oldest.sequenceNumber);
      next = Math.min(next, log.oldest?.enqueuedAt ?? next);
    }
    if (Number.isFinite(next)) this.#planRound(next);
  }

  #notify(partition: string): void {
    for (const watcher of this.#watchers.get(partition) ?? []) {
      try {
        watcher();
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}
