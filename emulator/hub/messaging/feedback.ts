import { type IdentityKey, nameOf } from '../../../protocol/identity-key.ts';
import { keySpace, plainJson } from '../../kernel/change-feed.ts';
import { type Clock, timestamp } from '../../kernel/clock.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { HubBus } from '../events.ts';
import type { FleetView } from '../fleet/fleet.ts';
import type { Ids } from '../ids.ts';
import type { Resumption } from '../resumption.ts';
import { ackOf, type FeedbackSettings, type Outcome, type QueuedMessage } from './cloud-to-device.ts';
import type { FeedbackBatch, FeedbackRecord, PendingRecord } from './feedback-record.ts';
import type { Locked, Queued } from './locked-queue.ts';
import { type NoticeReader, Notices } from './notices.ts';

/** A batch that was handed out. */
export type FeedbackDelivery = Locked<FeedbackBatch>;

const TIMER = 'feedback-batch';
const NEXT_BATCH = 'next';

/**
 * Room: tells senders what has become of their messages to devices, in batches. A batch is made as soon as it is full, or when
 * the time since the one before has passed. Without such a time each record is a batch.
 */
export class Feedback {
  readonly #fleet: FleetView;
  readonly #scheduler: Scheduler;
  readonly #events: HubBus;
  readonly #clock: Clock;
  readonly #settings: FeedbackSettings;
  /** In the order in which they were made, under numbers that are of no other use. */
  readonly #pending = new StateMap<PendingRecord>();
  readonly #batches: Notices<FeedbackBatch>;
  readonly #ids: Ids;

  constructor(parts: {
    fleet: FleetView;
    scheduler: Scheduler;
    events: HubBus;
    clock: Clock;
    ids: Ids;
    settings: FeedbackSettings;
  }) {
    this.#fleet = parts.fleet;
    this.#scheduler = parts.scheduler;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#settings = parts.settings;
    this.#batches = new Notices('feedback', {
      ...parts,
      codec: plainJson<FeedbackBatch>(),
      tell: (event, { number, deliveryCount, item }) =>
        this.#events.publish({ type: `feedback.${event}`, sequenceNumber: number, deliveryCount, records: item }),
    });
    this.#scheduler.on(TIMER, () => this.#close());
  }

  get spaces() {
    return [keySpace('feedback-records', this.#pending), ...this.#batches.spaces];
  }

  /** Notes how a message ended, if its sender asked for it. */
  note(message: QueuedMessage, statusCode: Outcome): void {
    const ack = ackOf(message.item);
    const isWanted = ack === 'full' || ack === (statusCode === 'Success' ? 'positive' : 'negative');
    const member = isWanted ? this.#fleet.find(message.queue) : undefined;
    if (member === undefined) return;
    const record: FeedbackRecord = {
      originalMessageId: message.item.system.messageId ?? null,
      enqueuedTimeUtc: timestamp(this.#clock.now()),
      statusCode,
      description: statusCode,
      deviceId: nameOf(message.queue).deviceId,
      deviceGenerationId: member.identity.generationId,
    };
    this.#pending.set(this.#ids.feedbackNumber(), { key: message.queue, record });
    this.#events.publish({ type: 'feedback.recorded', key: message.queue, record });
    const { batchSize, intervalMs } = this.#settings;
    if (intervalMs === 0 || this.#pending.size >= batchSize) this.#close();
    else if (this.#scheduler.find(TIMER, NEXT_BATCH) === undefined) this.#closeAt(this.#clock.now());
  }

  /** Drops the records about an identity that are not in a batch yet. */
  forget(key: IdentityKey): void {
    for (const { key: row, value } of this.#pending.entries()) if (value.key === key) this.#pending.delete(row);
  }

  /** Hands out the next batch to a request, or nothing if there is none. */
  receive(): FeedbackDelivery | undefined {
    return this.#batches.receive();
  }

  /** Throws DeviceMessageLockLost. */
  complete(lockToken: string): void {
    this.#batches.complete(lockToken);
  }

  /** Throws DeviceMessageLockLost. */
  reject(lockToken: string): void {
    this.#batches.reject(lockToken);
  }

  /** The batch is handed out again, which counts. Throws DeviceMessageLockLost. */
  abandon(lockToken: string): void {
    this.#batches.abandon(lockToken);
  }

  /** The batch is handed out again, which does not count. Nothing happens without the lock. */
  release(lockToken: string): void {
    this.#batches.release(lockToken);
  }

  /** Hands out batches to a reader from now on, as many as its credit allows, until it leaves. */
  read(reader: NoticeReader<FeedbackBatch>): void {
    this.#batches.read(reader);
  }

  /** What a reader has not settled returns to its place. */
  leave(reader: NoticeReader<FeedbackBatch>): void {
    this.#batches.leave(reader);
  }

  /** Hands out what readers take, after the credit of one has grown. */
  pull(): void {
    this.#batches.pull();
  }

  /** Batches that are not completed, oldest first. */
  batches(): Iterable<Queued<FeedbackBatch>> {
    return this.#batches.all();
  }

  /** Records that wait for their batch, oldest first. */
  records(): Iterable<PendingRecord> {
    return this.#pending.values();
  }

  /** Takes over batches and records as they are, in place of all others. */
  load(batches: readonly Queued<FeedbackBatch>[], records: readonly PendingRecord[]): void {
    this.#batches.load(batches);
    this.#pending.clear();
    for (const record of records) this.#pending.set(this.#ids.feedbackNumber(), record);
    if (records.length > 0 && this.#scheduler.find(TIMER, NEXT_BATCH) === undefined) this.#closeAt(this.#clock.now());
  }

  /** Who reads, with the names that locks have. */
  get readers(): Notices<FeedbackBatch>['readers'] {
    return this.#batches.readers;
  }

  /** Takes over a reader that reads already. */
  adopt(holder: string, reader: NoticeReader<FeedbackBatch>): void {
    this.#batches.adopt(holder, reader);
  }

  /** After rows were loaded or restored. */
  resume(how?: Resumption): void {
    this.#batches.resume(how);
    const latest = this.#clock.now() + this.#settings.intervalMs;
    const next = this.#scheduler.find(TIMER, NEXT_BATCH);
    if (next !== undefined && next.at > latest) this.#closeAt(latest); // the clock was set back before the start, or the interval is shorter
  }

  /** Makes a batch of what waits. The timer runs on for the next one: while it does, records wait. */
  #close(): void {
    const records = [...this.#pending.values()].map(({ record }) => record);
    if (records.length === 0) return;
    this.#pending.clear();
    if (this.#settings.intervalMs > 0) this.#closeAt(this.#clock.now() + this.#settings.intervalMs);
    this.#batches.add(records);
  }

  #closeAt(at: number): void {
    this.#scheduler.put({ at, kind: TIMER, key: NEXT_BATCH });
  }
}
