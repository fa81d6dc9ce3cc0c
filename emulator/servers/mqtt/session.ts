import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { type Feature, featuresOf, twinResponse } from '../../../protocol/topics.ts';
import { Lease } from '../../auth/lease.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Hub } from '../../hub/hub.ts';
import type { CloseReason, Downlink, Session } from '../../hub/messaging/session.ts';
import type { SessionStart } from '../../hub/messaging/sessions.ts';
import { FreezingClock } from '../../kernel/freezing-clock.ts';
import { type Log, printable } from '../../log.ts';
import { diagnostics } from '../diagnostics.ts';
import { downlinkOperation, pushExchange, receiveExchange } from '../faults/exchanges.ts';
import { tellRefusal } from '../refusals.ts';
import type { ClientConnection, ClientSession, Incoming, ReplyMode, Subscribed } from './broker/application.ts';
import type { Outgoing } from './broker/writer.ts';
import { sendMessage } from './cloud-to-device.ts';
import type { Caller } from './connect.ts';
import { operationOf, subscribeExchange } from './faults/exchanges.ts';
import { mayAskForFault } from './faults/fault-messages.ts';
import {
  type DeviceMessage,
  receive,
  receiveWill,
  type Sender,
  type SenderRefusal,
  type TwinAnswer,
} from './inbound.ts';
import { pushOf } from './outbound.ts';
import { tellClosing, unknownFilter } from './refusals.ts';
import type { SessionParts } from './session-parts.ts';
import { added, qosFor, removed, type Setting } from './subscriptions.ts';
import { PeerTraffic } from './traffic/peer-traffic.ts';

/** A device or module that is connected over MQTT: the hub on one side, the broker's connection on the other. */
export class MqttSession implements Session, ClientSession, Sender {
  readonly key: IdentityKey;
  readonly hasTwins: boolean;
  readonly connection: ClientConnection;
  readonly #parts: SessionParts;
  readonly #lease: Lease;
  readonly #traffic: PeerTraffic | undefined;
  #isResumed = false;
  /** True if messages wait in the hub until the connection has sent others. */
  #isFull = false;
  /** The subscriptions to answers to twin requests. */
  #answers: Setting;

  constructor({ key, hasTwins }: Pick<Caller, 'key' | 'hasTwins'>, connection: ClientConnection, parts: SessionParts) {
    this.key = key;
    this.hasTwins = hasTwins;
    this.connection = connection;
    this.#parts = parts;
    this.#traffic = parts.traffic && new PeerTraffic(parts.traffic, this.#who);
    this.#lease = new Lease(parts.wallClock, () => this.drop('expired'));
  }

  get hub(): Hub {
    return this.#parts.hub;
  }

  get log(): Log {
    return this.#parts.log;
  }

  get refusal(): HubError | undefined {
    return this.#parts.kept?.refusal;
  }

  get protocol(): ClientConnection['protocol'] {
    return this.connection.protocol;
  }

  get waiting(): number {
    return this.connection.waiting;
  }

  get isResumed(): boolean {
    return this.#isResumed;
  }

  /** Connects the identity, until the credentials of `principal` expire. Throws DeviceNotFound. */
  open(principal: Principal, start: SessionStart): void {
    const { sessions } = this.hub;
    this.#isResumed = sessions.open(this, start).resumed;
    this.#answers = this.#settingOf('twinResponses');
    if (!this.hasTwins)
      for (const capability of ['desired', 'methods'] as const) sessions.unsubscribe(this, capability);
    this.#lease.renew(principal);
  }

  /** Ends the session, if it is still the one of its identity. */
  drop(reason: CloseReason): void {
    const { sessions } = this.hub;
    if (sessions.find(this.key) === this) sessions.drop(this.key, reason);
  }

  /** Messages from the cloud may be large: they wait in the hub rather than here. */
  credit(): number {
    this.#isFull = this.waiting >= ENOUGH_WAITING;
    return this.#isFull ? 0 : 1;
  }

  drained(): void {
    if (this.#isFull) this.hub.inbox.pull(this);
  }

  deliver(message: Downlink): void {
    const { faults } = this.#parts;
    const operation = faults.isActive ? downlinkOperation(message) : undefined;
    const send = (): void => this.#send(message);
    if (operation === undefined) send();
    else faults.run({ ...operation, ...this.#who }, pushExchange(this.connection, send, this.#refusalOf(message)));
  }

  close(_reason: CloseReason): void {
    this.connection.close();
  }

  receive(message: Incoming): void {
    const { clock } = this.hub;
    // everything that the message does has one time, which is read once
    const isFrozen = clock instanceof FreezingClock && clock.freeze();
    try {
      if (this.#parts.faults.isActive || mayAskForFault(message.topic)) this.#receiveUnderFaults(message);
      else this.#handle(message);
    } finally {
      if (isFrozen) clock.thaw();
    }
  }

  receiveWill(will: Incoming): void {
    try {
      receiveWill(this, will);
    } catch (error) {
      tellClosing(this.#parts, error, { key: this.key, topic: will.topic });
    }
  }

  subscribe(filter: string, grant: (isGranted: boolean, suback?: ReplyMode) => void): void {
    const { faults } = this.#parts;
    const isServed = featuresOf(filter, this.key).length > 0;
    if (!isServed) {
      tellRefusal(this.#parts, 'Refused a subscription', unknownFilter(this.key, printable(filter)));
      this.#traffic?.notSubscribed(filter);
    }
    if (!faults.isActive) grant(isServed);
    else faults.run({ type: 'subscribe', ...this.#who }, subscribeExchange(this.connection, isServed, grant));
  }

  subscribed(subscriptions: readonly Subscribed[]): void {
    this.#traffic?.subscribed(subscriptions);
    for (const { filter, qos } of subscriptions)
      for (const feature of featuresOf(filter, this.key))
        this.#listen(feature, added(this.#settingOf(feature), filter, qos, { feature, key: this.key }));
  }

  unsubscribed(filters: readonly string[]): void {
    for (const filter of filters)
      for (const feature of featuresOf(filter, this.key))
        this.#listen(feature, removed(this.#settingOf(feature), filter, { feature, key: this.key }));
  }

  onRefusal(refusal: SenderRefusal): void {
    tellRefusal(this.#parts, `Refused a ${refusal.what}`, { key: this.key, ...refusal });
  }

  onBug(error: unknown, { topic }: DeviceMessage): void {
    this.#parts.log.error('A request failed', error, { device: this.key, topic: printable(topic) });
  }

  closed(how: 'client' | 'lost' | 'protocol'): void {
    this.#lease.cancel();
    this.hub.sessions.close(this, how);
  }

  /** Answers are not a capability: the hub only keeps how they were subscribed to, for the next connection. */
  #listen(feature: Feature, setting: Setting): void {
    const { sessions } = this.hub;
    if (!this.hasTwins && (feature === 'desired' || feature === 'methods')) return;
    if (feature === 'twinResponses') {
      this.#answers = setting;
      sessions.note(this, feature, setting);
    } else if (setting === undefined) sessions.unsubscribe(this, feature);
    else sessions.subscribe(this, feature, setting);
  }

  #settingOf(feature: Feature): Setting {
    const { capabilities, notes } = this.hub.sessions.listening(this.key);
    return feature === 'twinResponses' ? notes[feature] : capabilities[feature];
  }

  get #who() {
    return { protocol: this.protocol, key: this.key };
  }

  #send(message: Downlink): void {
    const { capability, topic, payload } = pushOf(message, this.key);
    const qos = qosFor(this.#settingOf(capability), topic);
    if (qos === undefined) return; // a filter that is narrower than the documented one
    this.#traffic?.delivered(message.type, { topic, payload });
    if (diagnostics.hasSubscribers) diagnostics.publish({ verb: 'DELIVER', subject: topic, answer: 'sent' });
    if (message.type === 'c2d') sendMessage(this, message, { topic, payload, qos });
    else this.connection.publish({ topic, payload, qos });
  }

  /** A method that is refused is answered in place of the device; other messages are lost. */
  #refusalOf(message: Downlink): (error: HubError) => void {
    return (error) => {
      if (message.type === 'method') this.hub.methods.fail(this.key, message.requestId, error);
    };
  }

  #receiveUnderFaults(message: Incoming): void {
    if (mayAskForFault(message.topic) && this.#parts.faultMessages.receive(this, message)) return;
    const { faults } = this.#parts;
    const operation = faults.isActive ? operationOf(message.topic, this.key) : undefined;
    if (operation === undefined) {
      this.#handle(message);
      return;
    }
    const run = { handle: () => this.#handle(message), refuse: (fault: HubError) => this.#handle(message, fault) };
    faults.run({ type: operation, ...this.#who }, receiveExchange(this.connection, operation, run));
  }

  /** Hands a message to the hub, then acknowledges and answers it. */
  #handle(message: Incoming, fault?: HubError): void {
    try {
      const answer = receive(this, fault === undefined ? message : { ...message, fault });
      this.connection.answer(message.messageId, answer && this.#addressed(answer));
      this.#traffic?.published(message, answer, fault);
    } catch (error) {
      if (error instanceof HubError) this.#traffic?.published(message, undefined, error);
      tellClosing(this.#parts, error, { key: this.key, topic: message.topic });
      this.connection.reject();
    }
  }

  /** Undefined if the device subscribed to other answers only. */
  #addressed({ status, rid, version, payload }: TwinAnswer): Outgoing | undefined {
    const topic = twinResponse(status, rid, version);
    // answers are sent without a subscription too: Python's SDK reads its twin after a reconnect without subscribing again
    const qos = this.#answers === undefined ? 0 : qosFor(this.#answers, topic);
    return qos === undefined ? undefined : { topic, payload, qos };
  }
}

/** Bytes for a client that reads slowly. */
const ENOUGH_WAITING = 1024 * 1024;
