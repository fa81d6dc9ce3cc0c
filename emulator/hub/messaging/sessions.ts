import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Json } from '../../../protocol/json.ts';
import { keySpace } from '../../kernel/change-feed.ts';
import { copyOf, StateMap } from '../../kernel/state-map.ts';
import type { Row, StoreCopy } from '../../kernel/store.ts';
import type { HubBus } from '../events.ts';
import type { FleetView } from '../fleet/fleet.ts';
import type { PresenceTracker } from '../fleet/presence.ts';
import { type Capability, type CloseReason, LISTENS_TO_NOTHING, type Listening, type Session } from './session.ts';

/** How a session begins. */
export interface SessionStart {
  /** True: restores what the identity listened to before, and keeps it when the session ends. */
  readonly resume: boolean;
  /** IoT Plug and Play model that the device announces. */
  readonly modelId?: string | undefined;
}

/** How other rooms follow sessions. They are called at once, since their work depends on it. */
export interface SessionWatcher {
  opened?(session: Session, start: SessionStart): void;
  /** `key` is connected and listens to `capability` from now on. */
  listening?(key: IdentityKey, capability: Capability): void;
  ended?(session: Session): void;
}

/** Room: who is connected, and what each identity listens to. */
export class Sessions {
  readonly #fleet: FleetView;
  readonly #presence: PresenceTracker;
  readonly #events: HubBus;
  readonly #live = new Map<IdentityKey, Session>();
  /** Of sessions that can be resumed, connected or not. */
  readonly #lasting = new StateMap<Listening>();
  /** Of other sessions, while they last. */
  readonly #passing = new Map<IdentityKey, Listening>();
  readonly #watchers: SessionWatcher[] = [];

  constructor(parts: { fleet: FleetView; presence: PresenceTracker; events: HubBus }) {
    this.#fleet = parts.fleet;
    this.#presence = parts.presence;
    this.#events = parts.events;
  }

  /** What resumable sessions listen to. A restore does not change those that are connected. */
  get space() {
    return {
      ...keySpace('subscriptions', this.#lasting),
      restore: (copy: StoreCopy<Listening>) => this.#restore(copy),
    };
  }

  watch(watcher: SessionWatcher): void {
    this.#watchers.push(watcher);
  }

  /** Connected devices, modules not counted. */
  get connectedDevices(): number {
    let count = 0;
    for (const key of this.#live.keys()) if (!key.includes('/')) count += 1;
    return count;
  }

  /**
   * Begins a session; an older one of the same identity is closed as replaced. `resumed`: an earlier session was found
   * and continued. Throws DeviceNotFound.
   */
  open(session: Session, start: SessionStart): { resumed: boolean } {
    const { key } = session;
    this.#fleet.get(key);
    const older = this.#live.get(key);
    if (older !== undefined) this.#end(older, 'replaced');
    const resumed = start.resume && this.#lasting.has(key);
    if (!start.resume) {
      this.#lasting.delete(key);
      this.#passing.set(key, LISTENS_TO_NOTHING);
    } else if (!resumed) this.#lasting.set(key, LISTENS_TO_NOTHING);
    this.#live.set(key, session);
    this.#presence.connect(key);
    for (const watcher of this.#watchers) watcher.opened?.(session, start);
    this.#events.publish({ type: 'session.opened', key, protocol: session.protocol });
    for (const capability of capabilitiesIn(this.listening(key))) this.#notify(key, capability);
    return { resumed };
  }

  /** Takes over a session that is open already, in a hub that was filled with rows; nothing is published. */
  adopt(session: Session, listening: Listening): void {
    this.#live.set(session.key, session);
    if (!this.#lasting.has(session.key)) this.#passing.set(session.key, listening);
  }

  /** The session has ended. Nothing happens if a newer one has taken its place. */
  close(session: Session, reason: CloseReason = 'lost'): void {
    if (this.#live.get(session.key) === session) this.#leave(session, reason);
  }

  /** Ends the session of `key`, if there is one. */
  drop(key: IdentityKey, reason: CloseReason): void {
    const session = this.#live.get(key);
    if (session !== undefined) this.#end(session, reason);
  }

  /** Ends the session and forgets what the identity listened to. */
  forget(key: IdentityKey, reason: CloseReason): void {
    this.drop(key, reason);
    this.#lasting.delete(key);
  }

  /** Notes that the server can deliver `capability` from now on; `setting` is what it needs for that. */
  subscribe(session: Session, capability: Capability, setting: Json = null): void {
    const { key } = session;
    if (this.#live.get(key) !== session) return;
    const { capabilities, notes } = this.listening(key);
    this.#keep(key, { capabilities: { ...capabilities, [capability]: setting }, notes });
    this.#events.publish({ type: 'session.subscribed', key, capability });
    this.#notify(key, capability);
  }

  unsubscribe(session: Session, capability: Capability): void {
    const { key } = session;
    const { capabilities, notes } = this.listening(key);
    if (this.#live.get(key) !== session || capabilities[capability] === undefined) return;
    const { [capability]: _, ...rest } = capabilities;
    this.#keep(key, { capabilities: rest, notes });
    this.#events.publish({ type: 'session.unsubscribed', key, capability });
  }

  /** Keeps data for the server under a name of its own; `undefined` removes it. */
  note(session: Session, name: string, value: Json | undefined): void {
    if (this.#live.get(session.key) !== session) return;
    const { capabilities, notes } = this.listening(session.key);
    const { [name]: _, ...rest } = notes;
    this.#keep(session.key, { capabilities, notes: value === undefined ? rest : { ...rest, [name]: value } });
  }

  listening(key: IdentityKey): Listening {
    return this.#passing.get(key) ?? this.#lasting.get(key) ?? LISTENS_TO_NOTHING;
  }

  /** The session of `key`, if it listens to `capability`. */
  find(key: IdentityKey, capability?: Capability): Session | undefined {
    const session = this.#live.get(key);
    if (session === undefined || capability === undefined) return session;
    return this.listening(key).capabilities[capability] === undefined ? undefined : session;
  }

  /** Throws DeviceNotOnline. */
  get(key: IdentityKey, capability?: Capability): Session {
    const session = this.find(key, capability);
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

  /** What resumable sessions listen to, connected or not. */
  lasting(): readonly Row<Listening>[] {
    return [...this.#lasting.entries()];
  }

  /** Sets what an identity listens to when it resumes its session, unless it is connected. */
  remember(key: IdentityKey, listening: Listening): void {
    if (!this.#live.has(key)) this.#lasting.set(key, listening);
  }

  #restore(copy: StoreCopy<Listening>): void {
    const absent = Array.from(copy.entries()).filter(({ key }) => !this.#live.has(key));
    const present = Array.from(this.#lasting.entries()).filter(({ key }) => this.#live.has(key));
    this.#lasting.restore(copyOf([...absent, ...present]));
  }

  #keep(key: IdentityKey, listening: Listening): void {
    if (this.#passing.has(key)) this.#passing.set(key, listening);
    else this.#lasting.set(key, listening);
  }

  #end(session: Session, reason: CloseReason): void {
    this.#leave(session, reason);
    session.close(reason);
  }

  #leave(session: Session, reason: CloseReason): void {
    const { key } = session;
    this.#live.delete(key);
    this.#passing.delete(key);
    this.#presence.disconnect(key);
    this.#events.publish({ type: 'session.closed', key, reason });
    for (const watcher of this.#watchers) watcher.ended?.(session);
  }

  #notify(key: IdentityKey, capability: Capability): void {
    for (const watcher of this.#watchers) watcher.listening?.(key, capability);
  }
}

const capabilitiesIn = ({ capabilities }: Listening): Capability[] => Object.keys(capabilities) as Capability[]; // its only keys
