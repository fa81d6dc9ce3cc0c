import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Message } from '../../../protocol/message.ts';
import type { PresenceTracker } from '../fleet/presence.ts';
import type { CloudToDeviceSettings, Delivery, QueuedMessage } from './cloud-to-device.ts';
import type { LockedQueues } from './locked-queues.ts';
import type { Sessions } from './sessions.ts';

/** What the lock of a delivery to a connection belongs to: it ends with the session of the identity. */
const CONNECTION = 'connection';
/** What the lock of a delivery to a single request belongs to: nothing but its time. */
const REQUEST = 'request';

/** Reports what has happened to a message. */
type Tell = (type: 'c2d.delivered' | 'c2d.released', message: QueuedMessage) => void;

/** Hands out the messages of the inbox under locks: to the sessions that listen, and to requests. */
export class Deliveries {
  readonly #queues: LockedQueues<Message>;
  readonly #sessions: Sessions;
  readonly #presence: PresenceTracker;
  readonly #settings: CloudToDeviceSettings;
  readonly #tell: Tell;

  constructor(parts: {
    queues: LockedQueues<Message>;
    sessions: Sessions;
    presence: PresenceTracker;
    settings: CloudToDeviceSettings;
    tell: Tell;
  }) {
    this.#queues = parts.queues;
    this.#sessions = parts.sessions;
    this.#presence = parts.presence;
    this.#settings = parts.settings;
    this.#tell = parts.tell;
  }

  /** Hands out the next message to a request under a lock of `ms`; nothing if there is none. */
  answer(key: IdentityKey, ms: number): Delivery | undefined {
    return this.#take(key, { holder: REQUEST, ms });
  }

  /** Delivers to the session that listens, as much as it takes. */
  pump(key: IdentityKey): void {
    const session = this.#sessions.find(key, 'c2d');
    while (session !== undefined && session === this.#sessions.find(key, 'c2d') && (session.credit?.() ?? 1) > 0) {
      const delivery = this.#take(key, { holder: CONNECTION, ms: this.#settings.lockMs });
      if (delivery === undefined) return;
      this.#presence.touch(key);
      const { number, deliveryCount, isRedelivered, item, lock } = delivery;
      session.deliver({
        type: 'c2d',
        lockToken: lock.token,
        sequenceNumber: number,
        deliveryCount,
        isRedelivered,
        message: item,
      });
    }
  }

  /** The session has ended: what it had returns to its place. */
  takeBack(key: IdentityKey): void {
    for (const message of this.#queues.releaseAll(key, CONNECTION)) this.#tell('c2d.released', message);
  }

  /** Begins again after rows were loaded or restored: nothing is being delivered to a connection. */
  restart(key: IdentityKey): void {
    this.#queues.releaseAll(key, CONNECTION);
    this.pump(key);
  }

  #take(key: IdentityKey, lock: { readonly holder: string; readonly ms: number }): Delivery | undefined {
    const delivery = this.#queues.take(key, lock);
    if (delivery !== undefined) this.#tell('c2d.delivered', delivery);
    return delivery;
  }
}
