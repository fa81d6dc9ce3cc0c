import type { Codec } from '../../kernel/change-feed.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import type { Ids } from '../ids.ts';
import type { Resumption } from '../resumption.ts';
import { lockLost } from './delivery-guesses.ts';
import type { Locked, Queued } from './locked-queue.ts';
import { LockedQueues } from './locked-queues.ts';

/** How long notices are kept and how often they are handed out. */
export interface NoticeSettings {
  /** A notice that is abandoned this often is dead-lettered. */
  readonly maxDeliveryCount: number;
  readonly ttlMs: number;
  /** How long a delivery may take, ms. */
  readonly lockMs: number;
}

/** Port: an app that reads notices. Several readers share them: each notice goes to one of them. */
export interface NoticeReader<T> {
  /** How many notices it takes now. */
  credit(): number;
  deliver(notice: Locked<T>): void;
}

/** What has happened to a notice. */
export type NoticeEvent =
  | 'enqueued'
  | 'delivered'
  | 'completed'
  | 'abandoned'
  | 'rejected'
  | 'released'
  | 'expired'
  | 'dead-lettered';

/** The lock of a request lasts as long as its time. */
const REQUEST = 'request';
const READER = 'reader-';

/** One queue of notices from the hub to service apps, such as feedback. The state of one room. */
export class Notices<T> {
  readonly #name: string;
  readonly #settings: NoticeSettings;
  readonly #clock: Clock;
  readonly #tell: (event: NoticeEvent, notice: Queued<T>) => void;
  readonly #queues: LockedQueues<T>;
  /** Under names that their locks have; they last as long as connections. */
  readonly #readers = new Map<string, NoticeReader<T>>();
  #opened = 0;

  /** `name`: of the key space, and of the timers. `tell` publishes events. */
  constructor(
    name: string,
    parts: {
      clock: Clock;
      scheduler: Scheduler;
      ids: Ids;
      codec: Codec<T>;
      settings: NoticeSettings;
      tell: (event: NoticeEvent, notice: Queued<T>) => void;
    },
  ) {
    this.#name = name;
    this.#settings = parts.settings;
    this.#clock = parts.clock;
    this.#tell = parts.tell;
    this.#queues = new LockedQueues<T>(name, {
      ...parts,
      watcher: {
        expired: (notice) => this.#tell('expired', notice),
        unlocked: (notice) => this.#tell('released', notice),
        freed: () => this.#pump(),
      },
    });
  }

  get spaces() {
    return this.#queues.spaces;
  }

  list(): readonly Queued<T>[] {
    return this.#queues.list(this.#name);
  }

  /** All notices, from the rows. */
  all(): Iterable<Queued<T>> {
    return this.#queues.all();
  }

  add(item: T): void {
    this.#tell('enqueued', this.#queues.add(this.#name, item, this.#clock.now() + this.#settings.ttlMs));
    this.#pump();
  }

  /** Takes notices over as they are, in place of all others. */
  load(notices: readonly Queued<T>[]): void {
    this.#queues.drop(this.#name);
    for (const notice of notices) this.#queues.load({ ...notice, queue: this.#name });
    this.#pump();
  }

  /** Hands out the next notice to a request, or nothing if there is none. */
  receive(): Locked<T> | undefined {
    return this.#take(REQUEST);
  }

  /** Hands out notices to a reader from now on, as many as its credit allows, until it leaves. */
  read(reader: NoticeReader<T>): void {
    this.#opened += 1;
    this.#readers.set(`${READER}${this.#opened}`, reader);
    this.#pump();
  }

  /** What a reader has not settled returns to its place. */
  leave(reader: NoticeReader<T>): void {
    for (const [holder, known] of this.#readers) if (known === reader) this.#release(holder);
  }

  /** Hands out what readers take, after the credit of one has grown. */
  pull(): void {
    this.#pump();
  }

  /** Throws DeviceMessageLockLost. */
  complete(lockToken: string): void {
    this.#remove(this.#locked(lockToken), 'completed');
  }

  /** Throws DeviceMessageLockLost. */
  reject(lockToken: string): void {
    this.#remove(this.#locked(lockToken), 'rejected');
  }

  /** Throws DeviceMessageLockLost. */
  abandon(lockToken: string): void {
    const notice = this.#locked(lockToken);
    const deliveryCount = notice.deliveryCount + 1;
    if (deliveryCount >= this.#settings.maxDeliveryCount) {
      this.#remove({ ...notice, deliveryCount }, 'dead-lettered');
      return;
    }
    this.#tell('abandoned', this.#queues.release(notice, { abandoned: true }));
    this.#pump();
  }

  /** A notice that could not be delivered returns to its place, which does not count. Nothing happens without the lock. */
  release(lockToken: string): void {
    const notice = this.#queues.find(this.#name, lockToken);
    if (notice === undefined) return;
    this.#tell('released', this.#queues.release(notice, { abandoned: false }));
    this.#pump();
  }

  /** Who reads, with the names that locks have. */
  get readers(): ReadonlyMap<string, NoticeReader<T>> {
    return this.#readers;
  }

  /** Takes over a reader that reads already, in a hub that was filled with rows. */
  adopt(holder: string, reader: NoticeReader<T>): void {
    this.#readers.set(holder, reader);
    this.#opened = Math.max(this.#opened, Number(holder.slice(READER.length)));
  }

  /** After rows were loaded or restored: deliveries to readers are forgotten, and begin again, unless all goes on. */
  resume({ goesOn = false }: Resumption = {}): void {
    this.#queues.resume();
    if (goesOn) return;
    for (const { lock } of this.#queues.list(this.#name))
      if (lock !== undefined && lock.holder !== REQUEST) this.#queues.releaseAll(this.#name, lock.holder);
    this.#pump();
  }

  #locked(lockToken: string): Queued<T> {
    const notice = this.#queues.find(this.#name, lockToken);
    if (notice === undefined) throw lockLost();
    return notice;
  }

  #take(holder: string): Locked<T> | undefined {
    const notice = this.#queues.take(this.#name, { holder, ms: this.#settings.lockMs });
    if (notice !== undefined) this.#tell('delivered', notice);
    return notice;
  }

  #remove(notice: Queued<T>, event: NoticeEvent): void {
    this.#queues.remove(notice);
    this.#tell(event, notice);
  }

  /** Gives each notice to the first reader that takes it. */
  #pump(): void {
    for (const [holder, reader] of this.#readers)
      while (this.#readers.has(holder) && reader.credit() > 0) {
        const notice = this.#take(holder);
        if (notice === undefined) return;
        reader.deliver(notice);
      }
  }

  #release(holder: string): void {
    this.#readers.delete(holder);
    for (const notice of this.#queues.releaseAll(this.#name, holder)) this.#tell('released', notice);
    this.#pump();
  }
}
