import type { HubError } from '../../../../protocol/errors.ts';
import type { Downlink } from '../../../hub/messaging/session.ts';
import type { Exchange, ExchangeSource, Traffic } from '../../traffic/traffic.ts';
import type { Incoming, Subscribed } from '../broker/application.ts';
import { readPublish } from '../broker/publish-packets.ts';
import type { TwinAnswer } from '../inbound.ts';
import type { Push } from '../outbound.ts';
import { DeliverExchange } from './deliver.ts';
import type { Peer } from './parts.ts';
import { PublishExchange } from './publish.ts';
import { SubscribeExchange } from './subscribe.ts';

/** Keeps what one client sends and gets. */
export class PeerTraffic implements ExchangeSource {
  readonly #traffic: Traffic;
  readonly #peer: Peer;

  constructor(traffic: Traffic, { key, protocol }: Peer) {
    this.#traffic = traffic;
    this.#peer = { key, protocol };
  }

  published(message: Incoming, answer: TwinAnswer | undefined, refusal?: HubError): void {
    // answers to methods are seen together with the calls
    if (refusal === undefined && message.topic.startsWith('$iothub/methods/')) return;
    const isAccepted = refusal === undefined && (answer === undefined || answer.status === TAKEN);
    if (isAccepted && message.packet !== undefined) this.#traffic.recordAccepted(this, message.packet, answer?.version);
    else this.#traffic.record(new PublishExchange(this.#peer, message, answer, refusal));
  }

  exchange(packet: Buffer, version: number | undefined): Exchange {
    const answer = version === undefined ? undefined : { status: TAKEN, version, payload: '' };
    return new PublishExchange(this.#peer, readPublish(packet), answer);
  }

  subscribed(subscriptions: readonly Subscribed[]): void {
    for (const { filter, qos } of subscriptions) this.#traffic.record(new SubscribeExchange(this.#peer, filter, qos));
  }

  notSubscribed(filter: string): void {
    this.#traffic.record(new SubscribeExchange(this.#peer, filter, undefined));
  }

  delivered(type: Downlink['type'], push: Pick<Push, 'topic' | 'payload'>): void {
    // calls are seen together with their answers
    if (type !== 'method') this.#traffic.record(new DeliverExchange(this.#peer, type, push));
  }
}

/** The status of reported properties that were written. */
const TAKEN = 204;
