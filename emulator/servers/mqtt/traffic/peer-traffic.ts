import type { HubError } from '../../../../protocol/errors.ts';
import type { Downlink } from '../../../hub/messaging/session.ts';
import type { Traffic } from '../../traffic/traffic.ts';
import type { Subscribed } from '../broker/application.ts';
import type { DeviceMessage, TwinAnswer } from '../inbound.ts';
import type { Push } from '../outbound.ts';
import { DeliverExchange } from './deliver.ts';
import type { Peer } from './parts.ts';
import { PublishExchange } from './publish.ts';
import { SubscribeExchange } from './subscribe.ts';

/** Keeps what one client sends and gets. */
export class PeerTraffic {
  readonly #traffic: Traffic;
  readonly #peer: Peer;

  constructor(traffic: Traffic, { key, protocol }: Peer) {
    this.#traffic = traffic;
    this.#peer = { key, protocol };
  }

  published(message: DeviceMessage, answer: TwinAnswer | undefined, refusal?: HubError): void {
    // answers to methods are seen together with the calls
    const isMethod = message.topic.startsWith('$iothub/methods/');
    if (!isMethod || refusal !== undefined)
      this.#traffic.record(new PublishExchange(this.#peer, message, answer, refusal));
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
