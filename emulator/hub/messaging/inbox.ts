import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Limits } from '../../../protocol/limits.ts';
import type { Message } from '../../../protocol/message.ts';
import { type Clock, timestamp } from '../../kernel/clock.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import type { HubBus } from '../events.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { type Member, withPending } from '../fleet/member.ts';
import type { PresenceTracker } from '../fleet/presence.ts';
import type { Ids } from '../ids.ts';
import type { Resumption } from '../resumption.ts';
import {
  ackOf,
  type CloudToDeviceSettings,
  checkMessage,
  type Delivery,
  devicebound,
  expiryOf,
  type Outcome,
  type QueuedMessage,
  targetOf,
} from './cloud-to-device.ts';
import { Deliveries } from './deliveries.ts';
import { lockLost, lockMsOf } from './delivery-guesses.ts';
import type { Feedback } from './feedback.ts';
import { LockedQueues } from './locked-queues.ts';
import { messageJson } from './message-json.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

/**
 * Room: the messages from the cloud to each device and module. A message is handed out under a lock, to a session that listens
 * (`Session.deliver`) or to a request (`receive`), and then settled by its lock token: completed, rejected, abandoned.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d
 */
export class Inbox {
  readonly #fleet: Fleet;
  readonly #feedback: Feedback;
  readonly #events: HubBus;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #settings: CloudToDeviceSettings;
  readonly #queues: LockedQueues<Message>;
  readonly #deliveries: Deliveries;

  constructor(parts: {
    fleet: Fleet;
    presence: PresenceTracker;
    sessions: Sessions;
    feedback: Feedback;
    scheduler: Scheduler;
    events: HubBus;
    clock: Clock;
    ids: Ids;
    limits: Limits;
    settings: CloudToDeviceSettings;
  }) {
    this.#fleet = parts.fleet;
    this.#feedback = parts.feedback;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#limits = parts.limits;
    this.#settings = parts.settings;
    this.#queues = new LockedQueues('inbox', {
      ...parts,
      codec: messageJson,
      watcher: {
        expired: (message) => this.#end(message, 'Expired', 'c2d.expired'),
        unlocked: (message) => this.#tell('c2d.released', message),
        freed: (key) => this.#deliveries.pump(key),
      },
    });
    this.#deliveries = new Deliveries({
      ...parts,
      queues: this.#queues,
      tell: (type, message) => this.#tell(type, message),
    });
    this.#fleet.listen((before, after) => this.#follow(before, after));
    parts.sessions.watch({
      listening: (key, capability) => capability === 'c2d' && this.#deliveries.pump(key),
      ended: ({ key }) => this.#deliveries.takeBack(key),
    });
  }

  get spaces() {
    return this.#queues.spaces;
  }

  /**
   * Takes a message for the identity that its property `to` names. Throws ArgumentInvalid, MessageTooLarge, DeviceNotFound,
   * DeviceMaximumQueueDepthExceeded.
   */
  send(message: Message): QueuedMessage {
    return this.enqueue(this.addressee(message.system.to), message);
  }

  /** The identity that the property `to` of a message names. Throws ArgumentInvalid. */
  addressee(to: string | undefined): IdentityKey {
    return targetOf(to, (key) => this.#fleet.find(key) !== undefined);
  }

  /** As `send`, for the identity `key`, whatever `to` says; without one the message gets it. */
  enqueue(key: IdentityKey, message: Message): QueuedMessage {
    checkMessage(message, this.#limits);
    ackOf(message);
    const now = this.#clock.now();
    const expiresAt = expiryOf(message, { now, defaultTtlMs: this.#settings.defaultTtlMs });
    this.#fleet.get(key);
    this.#demandPlace(key);
    const system = { to: devicebound(key), ...message.system, enqueuedTime: timestamp(now) };
    const queued = this.#queues.add(key, { ...message, system }, expiresAt);
    this.#count(key);
    this.#tell('c2d.enqueued', queued);
    this.#deliveries.pump(key);
    this.#queues.size(key, { refresh: true }); // a message that is late already expires here
    return queued;
  }

  /**
   * Hands out the next message to a request, or nothing if there is none. `lockSeconds`: 1 … 300, 60 if not given.
   * Throws DeviceNotFound.
   */
  receive(key: IdentityKey, lockSeconds?: number): Delivery | undefined {
    this.#fleet.get(key);
    return this.#deliveries.answer(key, lockMsOf(lockSeconds, this.#settings.lockMs));
  }

  /** The device has processed the message. Throws DeviceMessageLockLost. */
  complete(key: IdentityKey, lockToken: string): void {
    this.#remove(this.#locked(key, lockToken), 'Success', 'c2d.completed');
  }

  /** The device does not want the message. Throws DeviceMessageLockLost. */
  reject(key: IdentityKey, lockToken: string): void {
    this.#remove(this.#locked(key, lockToken), 'Rejected', 'c2d.rejected');
  }

  /** The device wants the message again later, which counts. Throws DeviceMessageLockLost. */
  abandon(key: IdentityKey, lockToken: string): void {
    const message = this.#locked(key, lockToken);
    const { deliveryCount } = message;
    if (deliveryCount + 1 >= this.#settings.maxDeliveryCount) {
      this.#remove({ ...message, deliveryCount: deliveryCount + 1 }, 'DeliveryCountExceeded', 'c2d.dead-lettered');
      return;
    }
    this.#tell('c2d.abandoned', this.#queues.release(message, { abandoned: true }));
    this.#deliveries.pump(key);
  }

  /** A message that could not be delivered returns to its place, which does not count. Nothing happens without the lock. */
  release(key: IdentityKey, lockToken: string): void {
    const message = this.#queues.find(key, lockToken);
    if (message === undefined) return;
    this.#tell('c2d.released', this.#queues.release(message, { abandoned: false }));
    this.#deliveries.pump(key);
  }

  /** Delivers what the session takes, after its credit has grown. */
  pull(session: Session): void {
    this.#deliveries.pump(session.key);
  }

  /** Removes all messages of an identity, and tells how many. Throws DeviceNotFound. */
  purge(key: IdentityKey): number {
    this.#fleet.get(key);
    const messages = this.#queues.list(key);
    for (const message of messages) {
      this.#queues.remove(message);
      this.#feedback.note(message, 'Purged');
    }
    this.#count(key);
    if (messages.length > 0) this.#events.publish({ type: 'c2d.purged', key, messages: messages.length });
    return messages.length;
  }

  /** The messages of an identity in their order, those that are being delivered too. Throws DeviceNotFound. */
  list(key: IdentityKey): readonly QueuedMessage[] {
    this.#fleet.get(key);
    return this.#queues.list(key);
  }

  /** The messages of all identities. */
  all(): Iterable<QueuedMessage> {
    return this.#queues.all();
  }

  /** Takes messages over as they are, in place of those of their queue; the caller publishes the event. */
  load(key: IdentityKey, messages: readonly QueuedMessage[]): void {
    this.#queues.drop(key);
    for (const message of messages) this.#queues.load(message);
    this.#count(key);
    this.#deliveries.pump(key);
  }

  /** After rows were loaded or restored: deliveries to connections are forgotten, and begin again, unless all goes on. */
  resume({ goesOn = false }: Resumption = {}): void {
    this.#queues.resume();
    if (goesOn) return;
    for (const key of this.#queues.names()) this.#deliveries.restart(key);
  }

  #demandPlace(key: IdentityKey): void {
    const { inboxSize } = this.#limits;
    if (this.#queues.size(key, { refresh: true }) >= inboxSize)
      throw new HubError('DeviceMaximumQueueDepthExceeded', `Device Queue depth cannot exceed ${inboxSize} messages`);
  }

  #locked(key: IdentityKey, lockToken: string): QueuedMessage {
    const message = this.#queues.find(key, lockToken);
    if (message === undefined) throw lockLost();
    return message;
  }

  #remove(message: QueuedMessage, outcome: Outcome, type: Settled): void {
    this.#queues.remove(message);
    this.#end(message, outcome, type);
  }

  /** A message has left the queue. */
  #end(message: QueuedMessage, outcome: Outcome, type: Settled): void {
    this.#count(message.queue);
    this.#tell(type, message);
    this.#feedback.note(message, outcome);
  }

  /** Messages are gone with their device, and do not go on with another one of the same id. */
  #follow(before: Member | undefined, after: Member | undefined): void {
    if (before === undefined) return;
    const { key } = before;
    if (before.identity.generationId !== after?.identity.generationId) {
      this.#queues.drop(key);
      this.#feedback.forget(key);
    } else if (this.#queues.size(key, { refresh: false }) > 0) this.#count(key); // a row that is imported has its own number
  }

  /** Identity and twin tell how many messages there are. */
  #count(key: IdentityKey): void {
    const member = this.#fleet.find(key);
    const size = this.#queues.size(key, { refresh: false });
    if (member !== undefined && member.pendingMessages !== size) this.#fleet.set(withPending(member, size));
  }

  #tell(type: Told, { queue, number, deliveryCount, item }: QueuedMessage): void {
    this.#events.publish({ type, key: queue, sequenceNumber: number, deliveryCount, message: item });
  }
}

type Settled = 'c2d.completed' | 'c2d.rejected' | 'c2d.expired' | 'c2d.dead-lettered';
type Told = Settled | 'c2d.enqueued' | 'c2d.delivered' | 'c2d.abandoned' | 'c2d.released';
