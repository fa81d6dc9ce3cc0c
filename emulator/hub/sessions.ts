import { HubError } from '../../protocol/errors.ts';
import type { IdentityKey } from '../../protocol/identity-key.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import type { Message } from '../../protocol/message.ts';
import type { Feature } from '../../protocol/topics.ts';
import { type Clock, timestamp } from './clock.ts';
import type { Bus } from './events.ts';
import type { Fleet } from './fleet.ts';
import { type Member, withPresence } from './member.ts';

/** Why a connection ended. */
export type CloseReason =
  | 'client'
  | 'lost'
  | 'replaced'
  | 'deleted'
  | 'disabled'
  | 'expired'
  | 'requested'
  | 'protocol'
  | 'shutdown';

/** What a hub can say to a device. */
export type Downlink =
  | { readonly type: 'desired'; readonly patch: JsonObject; readonly version: number }
  | { readonly type: 'method'; readonly requestId: string; readonly methodName: string; readonly payload: Json }
  | { readonly type: 'c2d'; readonly message: Message }
  | { readonly type: 'input'; readonly input: string; readonly message: Message };

/** Port: one live connection of one identity, implemented by each server. */
export interface Session {
  readonly key: IdentityKey;
  readonly protocol: string;
  deliver(message: Downlink): void;
  /** Bytes that have not reached the operating system yet. */
  readonly waiting?: number;
  close(reason: CloseReason): void;
}

/** MQTT quality of service that was granted. */
export type Qos = 0 | 1;
export type Subscriptions = ReadonlyMap<Feature, Qos>;

/** Subscriptions by identity, as plain data. */
export type Kept = readonly (readonly [IdentityKey, readonly (readonly [Feature, Qos])[]])[];

/** What other rooms hear of connections, at once: their work depends on it, unlike that of listeners on the bus. */
export interface SessionWatcher {
  /** A live connection of `key` now listens to `feature`. */
  listening(key: IdentityKey, feature: Feature): void;
  /** `session` is over. */
  ended(session: Session): void;
}

const NONE: Subscriptions = new Map();

/** Room: who is connected, and what each identity listens to. */
export class Sessions {
  readonly #fleet: Fleet;
  readonly #events: Bus;
  readonly #clock: Clock;
  readonly #live = new Map<IdentityKey, Session>();
  /** Of `clean=0` sessions, connected or not; of others while they last. */
  readonly #subscriptions = new Map<IdentityKey, Subscriptions>();
  readonly #transient = new Set<IdentityKey>();
  readonly #watchers: SessionWatcher[] = [];

  constructor(fleet: Fleet, events: Bus, clock: Clock) {
    this.#fleet = fleet;
    this.#events = events;
    this.#clock = clock;
  }

  watch(watcher: SessionWatcher): void {
    this.#watchers.push(watcher);
  }

  /** Live connections of devices, modules not counted. */
  get connectedDevices(): number {
    let count = 0;
    for (const key of this.#live.keys()) if (!key.includes('/')) count += 1;
    return count;
  }

  /** Admits a connection; an older one of the same identity is closed as replaced. `present`: a kept session was found. */
  open(session: Session, options: { clean: boolean; modelId?: string | undefined }): { present: boolean } {
    const { key } = session;
    const member = this.#fleet.get(key);
    const older = this.#live.get(key);
    if (older !== undefined) this.#end(older, 'replaced');
    if (options.clean || this.#transient.has(key)) this.#subscriptions.delete(key);
    const present = this.#subscriptions.has(key);
    if (options.clean) this.#transient.add(key);
    else this.#transient.delete(key);
    if (!present) this.#subscriptions.set(key, NONE);
    this.#live.set(key, session);
    const now = timestamp(this.#clock.now());
    const modelId = options.modelId ?? member.twin.modelId;
    this.#fleet.set({
      ...this.#fleet.get(key),
      twin: modelId === member.twin.modelId ? member.twin : { ...member.twin, modelId },
      presence: { connected: true, updatedTime: now, activityTime: now },
    });
    this.#events.publish({ type: 'session.opened', key, protocol: session.protocol });
    for (const feature of this.subscriptions(key).keys()) this.#tell(key, feature);
    return { present };
  }

  /** The connection is gone. Nothing happens if a newer one has taken its place. */
  close(session: Session, reason: CloseReason = 'lost'): void {
    if (this.#live.get(session.key) !== session) return;
    this.#leave(session, reason);
  }

  /** Ends the connection of `key`, if there is one. */
  drop(key: IdentityKey, reason: CloseReason): void {
    const session = this.#live.get(key);
    if (session !== undefined) this.#end(session, reason);
  }

  /** Ends the connection and forgets what the identity listened to. */
  forget(key: IdentityKey, reason: CloseReason): void {
    this.drop(key, reason);
    this.#subscriptions.delete(key);
    this.#transient.delete(key);
  }

  subscribe(session: Session, feature: Feature, qos: Qos): void {
    const { key } = session;
    if (this.#live.get(key) !== session) return;
    this.#subscriptions.set(key, new Map(this.subscriptions(key)).set(feature, qos));
    this.#events.publish({ type: 'session.subscribed', key, feature });
    this.#tell(key, feature);
  }

  unsubscribe(session: Session, feature: Feature): void {
    const { key } = session;
    if (this.#live.get(key) !== session) return;
    const rest = new Map(this.subscriptions(key));
    if (!rest.delete(feature)) return;
    this.#subscriptions.set(key, rest);
    this.#events.publish({ type: 'session.unsubscribed', key, feature });
  }

  subscriptions(key: IdentityKey): Subscriptions {
    return this.#subscriptions.get(key) ?? NONE;
  }

  /** The live connection of `key`, if it listens to `feature`. */
  find(key: IdentityKey, feature?: Feature): Session | undefined {
    const session = this.#live.get(key);
    return feature === undefined || this.subscriptions(key).has(feature) ? session : undefined;
  }

  /** Throws DeviceNotOnline. */
  get(key: IdentityKey, feature?: Feature): Session {
    const session = this.find(key, feature);
    if (session === undefined)
      throw new HubError(
        'DeviceNotOnline',
        "The operation failed because the requested device isn't online. To learn more, see https://aka.ms/iothub404103",
      );
    return session;
  }

  live(): IterableIterator<Session> {
    return this.#live.values();
  }

  /** Kept subscriptions by identity, for snapshots. */
  kept(): Kept {
    return [...this.#subscriptions]
      .filter(([key]) => !this.#transient.has(key))
      .map(([key, value]) => [key, [...value]]);
  }

  /** Takes over what a lasting session listened to, unless its identity is connected by now. */
  remember(key: IdentityKey, subscriptions: Kept[number][1]): void {
    if (!this.#live.has(key)) this.#subscriptions.set(key, new Map(subscriptions));
  }

  /** Takes over kept subscriptions; those of live connections stay as they are. */
  keep(entries: Kept, live: ReadonlyMap<IdentityKey, readonly (readonly [Feature, Qos])[]>): void {
    this.#subscriptions.clear();
    for (const key of this.#transient) if (!live.has(key)) this.#transient.delete(key);
    for (const [key, value] of [...entries, ...live]) this.#subscriptions.set(key, new Map(value));
  }

  /** Makes every member's connection state say who is really connected. */
  reconcile(): void {
    for (const table of [this.#fleet.devices, this.#fleet.modules])
      for (const member of table.rows()) {
        const connected = this.#live.has(member.key);
        if (member.presence.connected === connected) continue;
        const updatedTime = timestamp(this.#clock.now());
        this.#fleet.set({ ...member, presence: { ...member.presence, connected, updatedTime } });
      }
  }

  #end(session: Session, reason: CloseReason): void {
    this.#leave(session, reason);
    session.close(reason);
  }

  #leave(session: Session, reason: CloseReason): void {
    const { key } = session;
    this.#live.delete(key);
    if (this.#transient.delete(key)) this.#subscriptions.delete(key);
    const member = this.#fleet.find(key);
    if (member !== undefined) {
      const now = timestamp(this.#clock.now());
      this.#fleet.set({ ...member, presence: { connected: false, updatedTime: now, activityTime: now } });
    }
    this.#events.publish({ type: 'session.closed', key, reason });
    for (const watcher of this.#watchers) watcher.ended(session);
  }

  #tell(key: IdentityKey, feature: Feature): void {
    for (const watcher of this.#watchers) watcher.listening(key, feature);
  }
}

/** A member that has just been heard of. */
export const active = (member: Member, now: string): Member =>
  member.presence.activityTime === now
    ? member
    : withPresence(member, {
        connected: member.presence.connected,
        updatedTime: member.presence.updatedTime,
        activityTime: now,
      });
