import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Hub } from '../../hub/hub.ts';
import type { CloseReason, Downlink, Session } from '../../hub/sessions.ts';
import { answers } from '../answers.ts';
import { arrivalOf } from './arrival.ts';
import { type Incoming, receive, receiveWill } from './inbound.ts';
import type { Wire } from './mishap.ts';
import type { Mishaps } from './mishaps.ts';
import { pushOf } from './outbound.ts';
import type { Outbox } from './outbox.ts';
import { pubackPacket, publishPacket, Writer } from './writer.ts';

export type Transport = 'mqtt' | 'mqtt-ws';

/** One MQTT connection that was let in: the hub's session on one side, the broker's client on the other. */
export class Line implements Session, Wire {
  readonly key: IdentityKey;
  readonly protocol: Transport;
  readonly writer: Writer;
  /** True if the hub had kept a session for this identity. */
  present = false;
  #isDeaf = false;
  readonly #client: Client;
  readonly #hub: Hub;
  readonly #mishaps: Mishaps;

  constructor(parts: {
    key: IdentityKey;
    protocol: Transport;
    client: Client;
    hub: Hub;
    outbox: Outbox;
    mishaps: Mishaps;
  }) {
    this.key = parts.key;
    this.protocol = parts.protocol;
    this.writer = new Writer(parts.client.conn as Duplex, parts.outbox); // a Socket is one
    this.#client = parts.client;
    this.#hub = parts.hub;
    this.#mishaps = parts.mishaps;
  }

  get isOpen(): boolean {
    return !this.#client.closed;
  }

  get waiting(): number {
    return this.writer.waiting;
  }

  deliver(message: Downlink): void {
    this.#mishaps.push(this, message, () => this.#say(message));
  }

  #say(message: Downlink): void {
    const { feature, topic, payload } = pushOf(message, this.key);
    if (answers.hasSubscribers) answers.publish({ verb: 'DELIVER', subject: topic, answer: 'sent' });
    this.writer.publish({ topic, payload, qos: this.#hub.sessions.subscriptions(this.key).get(feature) ?? 0 });
  }

  close(_reason: CloseReason): void {
    this.writer.flush();
    this.#client.close(); // MQTT 3.1.1 has no words for the reason
  }

  /**
   * Hands a message to the hub, then acknowledges and answers it in one write. Returns what was thrown that is a bug.
   * Throws HubError if the connection cannot go on.
   */
  receive(message: Numbered): unknown {
    if (this.#isDeaf) return undefined; // it came in one chunk with what closed the ears
    if (!this.#mishaps.concern(message.topic)) return this.#take(message);
    return this.#mishaps.receive(this, message, (taken) => this.#take(taken));
  }

  #take(message: Numbered): unknown {
    const { answer, bug } = receive(this.#hub, this.key, message);
    const puback = message.messageId === undefined ? undefined : pubackPacket(message.messageId);
    if (answer === undefined) {
      if (puback !== undefined) this.writer.write(puback);
      return bug;
    }
    // answered even to who has not subscribed: Python asks for its twin after a reconnect without subscribing again
    const qos = this.#hub.sessions.subscriptions(this.key).get('twinResponses') ?? 0;
    if (puback !== undefined && qos === 0) {
      this.writer.write(Buffer.concat([puback, publishPacket({ ...answer, qos }, 0)]));
      return bug;
    }
    if (puback !== undefined) this.writer.write(puback);
    this.writer.publish({ ...answer, qos });
    return bug;
  }

  receiveWill(will: Incoming): void {
    receiveWill(this.#hub, this.key, will);
  }

  cut(when: 'now' | 'afterwards'): void {
    const { conn } = this.#client;
    if (when === 'now') {
      conn.destroy();
      return;
    }
    this.#stopEars(); // who is about to go takes nothing more
    this.writer.flush();
    conn.end();
    setTimeout(() => conn.destroy(), LINGER).unref(); // who does not take the end gets it all the same
  }

  deafen(): void {
    this.#stopEars();
    this.writer.mute();
    (this.#client.conn as Duplex).write = () => true; // what the broker itself would say
  }

  #stopEars(): void {
    this.#isDeaf = true;
    arrivalOf(this.#client).gate.isDeaf = true;
  }
}

/** How long a connection may take to end, in ms. */
const LINGER = 1_000;

type Numbered = Incoming & { readonly messageId: number | undefined };
