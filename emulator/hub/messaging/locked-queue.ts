import type { Json } from '../../../protocol/json.ts';
import type { Codec } from '../../kernel/change-feed.ts';

/** A message was handed out: until the lock ends, only the holder of the token can settle it. */
export interface Lock {
  /** A UUID. */
  readonly token: string;
  /** When the lock ends by itself, ms since 1970 on the hub's clock. */
  readonly until: number;
  /** What the lock belongs to: it ends earlier if that ends. */
  readonly holder: string;
}

/** A message in a queue, with what settling it needs. Immutable. Times in ms since 1970 on the hub's clock. */
export interface Queued<T> {
  /** Which queue, such as the key of a device. */
  readonly queue: string;
  /** Counted from 1 in each queue: the order in which messages are handed out. */
  readonly number: number;
  readonly item: T;
  readonly enqueuedAt: number;
  readonly expiresAt: number;
  /** How often it was abandoned. */
  readonly deliveryCount: number;
  /** True if it was handed out before. */
  readonly isRedelivered: boolean;
  readonly lock: Lock | undefined;
}

/** A message that was handed out. */
export interface Locked<T> extends Queued<T> {
  readonly lock: Lock;
}

export const withLock = <T>(message: Queued<T>, lock: Lock): Locked<T> => ({ ...message, lock });

/** The message back in its place; `abandoned`: which counts. */
export const withoutLock = <T>(message: Queued<T>, { abandoned }: { readonly abandoned: boolean }): Queued<T> => ({
  ...message,
  deliveryCount: message.deliveryCount + (abandoned ? 1 : 0),
  isRedelivered: true,
  lock: undefined,
});

/** When the next thing happens to the message by itself. */
export const dueAt = ({ expiresAt, lock }: Queued<unknown>): number =>
  lock === undefined ? expiresAt : Math.min(expiresAt, lock.until);

/** The message `ms` later, for a state that goes on at another time. */
export const postponed = <T>(message: Queued<T>, ms: number): Queued<T> => ({
  ...message,
  expiresAt: message.expiresAt + ms,
  lock: message.lock && { ...message.lock, until: message.lock.until + ms },
});

export const rowKey = ({ queue, number }: Pick<Queued<unknown>, 'queue' | 'number'>): string => `${queue}/${number}`;

/** Writes messages as JSON; `item` writes what they carry. */
export const queuedJson = <T>(item: Codec<T>): Codec<Queued<T>> => ({
  version: item.version,
  toJson: (message) => ({ ...message, item: item.toJson(message.item) }) as unknown as Json, // the rest is plain data
  fromJson: (json) => {
    const { item: inner, lock, ...rest } = json as unknown as Queued<Json>; // written by toJson
    return { ...rest, item: item.fromJson(inner), lock };
  },
});
