import type { Downlink } from '../../../hub/messaging/session.ts';
import { type Excerpt, excerptOf } from '../../traffic/excerpt.ts';
import type { Exchange } from '../../traffic/traffic.ts';
import type { Push } from '../outbound.ts';
import { inLine, OVERHEAD, type Peer, type Sides, type Summary, side, who } from './parts.ts';

/** A message of the hub to a device. */
export class DeliverExchange implements Exchange {
  readonly outcome = 'ok';
  readonly #peer: Peer;
  readonly #type: Downlink['type'];
  readonly #topic: string;
  readonly #body: Excerpt;

  constructor(peer: Peer, type: Downlink['type'], { topic, payload }: Pick<Push, 'topic' | 'payload'>) {
    this.#peer = peer;
    this.#type = type;
    this.#topic = topic;
    this.#body = excerptOf(payload);
  }

  get bytes(): number {
    return OVERHEAD + this.#topic.length + this.#body.kept.length;
  }

  summary(): Summary {
    const { operation, asked } = DELIVERED[this.#type];
    return {
      ...who(this.#peer),
      operation,
      asked: `${asked} ${detailOf(this.#topic)}`.trimEnd(),
      ...(this.#body.length === 0 ? {} : { body: inLine(this.#body) }),
      answered: 'sent',
      outcome: 'ok',
    };
  }

  sides(): Sides {
    return { request: side('PUBLISH', [['topic', this.#topic]], this.#body), answer: side('sent') };
  }
}

const DELIVERED: Readonly<Record<Downlink['type'], { readonly operation: string; readonly asked: string }>> = {
  desired: { operation: 'twin.desired', asked: 'to the device: desired' },
  method: { operation: 'method', asked: 'to the device: method' },
  c2d: { operation: 'c2d.receive', asked: 'to the device: message' },
  input: { operation: 'input', asked: 'to the module: input' },
};

/** The version of desired properties, or the name of a method. */
const detailOf = (topic: string): string =>
  /\$version=\d+/.exec(topic)?.[0].replace('=', ' ') ?? /\/methods\/POST\/([^/]+)\//.exec(topic)?.[1] ?? '';
