import { type Codec, keySpace } from '../../kernel/change-feed.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { Ids } from '../ids.ts';
import { dueAt, type Locked, type Queued, queuedJson, rowKey, withLock, withoutLock } from './locked-queue.ts';

/** What happens to messages without a call. */
export interface QueueWatcher<T> {
  /** The message is past its time, and was removed. */
  expired(message: Queued<T>): void;
  /** The lock of the message has ended by itself; it is in its place again. */
  unlocked(message: Queued<T>): void;
  /** Messages of `queue` can be handed out that could not before. */
  freed(queue: string): void;
}

/** Queues of messages that are handed out under a lock, each settled by its token. The state of one room. */
export class LockedQueues<T> {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #ids: Ids;
  readonly #codec: Codec<T>;
  readonly #watcher: QueueWatcher<T>;
  readonly #rows = new StateMap<Queued<T>>();
  /** The latest number of each queue. */
  readonly #numbers = new StateMap<number>();
  /** The rows by queue and number, in order. */
  #queues = new Map<string, Map<number, Queued<T>>>();

  /** `name`: of the key space, and of the timers. */
  constructor(
    name: string,
    parts: { clock: Clock; scheduler: Scheduler; ids: Ids; codec: Codec<T>; watcher: QueueWatcher<T> },
  ) {
    this.#name = name;
    this.#clock = parts.clock;
    this.#scheduler = parts.scheduler;
    this.#ids = parts.ids;
    this.#codec = parts.codec;
    this.#watcher = parts.watcher;
    this.#scheduler.on(name, (queue) => this.#turn(queue));
  }

  get spaces() {
    return [
      keySpace(this.#name, this.#rows, queuedJson(this.#codec)),
      keySpace(`${this.#name}-numbers`, this.#numbers),
    ];
  }

  /** Every message of every queue, from the rows. */
  all(): Iterable<Queued<T>> {
    return this.#rows.values();
  }

  /** Names of queues that hold messages. */
  names(): string[] {
    return [...this.#queues.keys()];
  }

  /** The messages of a queue in their order. */
  list(queue: string): Queued<T>[] {
    this.#refresh(queue);
    return [...(this.#queues.get(queue)?.values() ?? [])];
  }

  /** How many messages a queue has; `refresh` first removes those that are past their time. */
  size(queue: string, { refresh }: { readonly refresh: boolean }): number {
    if (refresh) this.#refresh(queue);
    return this.#queues.get(queue)?.size ?? 0;
  }

  add(queue: string, item: T, expiresAt: number): Queued<T> {
    const number = (this.#numbers.get(queue) ?? 0) + 1;
    this.#numbers.set(queue, number);
    const [lock, enqueuedAt] = [undefined, this.#clock.now()];
    const message = { queue, number, item, enqueuedAt, expiresAt, deliveryCount: 0, isRedelivered: false, lock };
    this.#put(message);
    return message;
  }

  /** Takes over a message as it is, without its lock. */
  load(message: Queued<T>): void {
    const { queue, number } = message;
    this.#numbers.set(queue, Math.max(number, this.#numbers.get(queue) ?? 0));
    this.#put({ ...message, lock: undefined });
  }

  /** Hands out the first message that is not locked, for `ms`. */
  take(queue: string, { holder, ms }: { readonly holder: string; readonly ms: number }): Locked<T> | undefined {
    this.#refresh(queue);
    for (const message of this.#queues.get(queue)?.values() ?? []) {
      if (message.lock !== undefined) continue;
      const locked = withLock(message, { token: this.#ids.lockToken(), until: this.#clock.now() + ms, holder });
      this.#put(locked);
      return locked;
    }
    return undefined;
  }

  /** The message that was handed out under `token`, if its lock lasts. */
  find(queue: string, token: string): Queued<T> | undefined {
    this.#refresh(queue);
    for (const message of this.#queues.get(queue)?.values() ?? []) if (message.lock?.token === token) return message;
    return undefined;
  }

  remove({ queue, number }: Queued<T>): void {
    const messages = this.#queues.get(queue);
    messages?.delete(number);
    if (messages?.size === 0) {
      this.#queues.delete(queue);
      this.#scheduler.remove(this.#name, queue);
    }
    this.#rows.delete(rowKey({ queue, number }));
  }

  /** Puts a message that was handed out back into its place; gives the message as it is then. */
  release(message: Queued<T>, how: { readonly abandoned: boolean }): Queued<T> {
    const free = withoutLock(message, how);
    this.#put(free);
    return free;
  }

  /** Releases what `holder` has of a queue. */
  releaseAll(queue: string, holder: string): Queued<T>[] {
    return this.list(queue)
      .filter(({ lock }) => lock?.holder === holder)
      .map((message) => this.release(message, { abandoned: false }));
  }

  /** Forgets a queue, its messages and its numbers. */
  drop(queue: string): void {
    for (const message of [...(this.#queues.get(queue)?.values() ?? [])]) this.remove(message);
    this.#numbers.delete(queue);
  }

  /** Derives the order again after rows were loaded or restored. */
  resume(): void {
    this.#queues = new Map();
    const rows = [...this.#rows.values()].sort((a, b) => a.number - b.number);
    for (const message of rows) this.#list(message);
  }

  #put(message: Queued<T>): void {
    this.#rows.set(rowKey(message), message);
    this.#list(message);
    const due = dueAt(message);
    if (due < this.#due(message.queue)) this.#scheduler.put({ at: due, kind: this.#name, key: message.queue });
  }

  #list(message: Queued<T>): void {
    const messages = this.#queues.get(message.queue) ?? new Map<number, Queued<T>>();
    this.#queues.set(message.queue, messages.set(message.number, message));
  }

  /** One timer for each queue: not later than anything that is due in it. */
  #due(queue: string): number {
    return this.#scheduler.find(this.#name, queue)?.at ?? Number.POSITIVE_INFINITY;
  }

  /** A timer of the machine's clock can be late. */
  #refresh(queue: string): void {
    if (this.#due(queue) > this.#clock.now()) return;
    this.#scheduler.remove(this.#name, queue);
    this.#turn(queue);
  }

  #turn(queue: string): void {
    const now = this.#clock.now();
    const due = [...(this.#queues.get(queue)?.values() ?? [])].filter((message) => dueAt(message) <= now);
    const expired = due.filter(({ expiresAt }) => expiresAt <= now);
    for (const message of expired) this.remove(message);
    const freed = due
      .filter(({ expiresAt }) => expiresAt > now)
      .map((message) => this.release(message, { abandoned: false }));
    this.#arm(queue);
    for (const message of expired) this.#watcher.expired(message);
    for (const message of freed) this.#watcher.unlocked(message);
    if (freed.length > 0) this.#watcher.freed(queue);
  }

  #arm(queue: string): void {
    let first = Number.POSITIVE_INFINITY;
    for (const message of this.#queues.get(queue)?.values() ?? []) first = Math.min(first, dueAt(message));
    if (Number.isFinite(first) && first !== this.#due(queue))
      this.#scheduler.put({ at: first, kind: this.#name, key: queue });
  }
}
