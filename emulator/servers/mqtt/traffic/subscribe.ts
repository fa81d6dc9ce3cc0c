import type { TrafficEntry } from '../../../../protocol/traffic.ts';
import { causeOf } from '../../traffic/cause.ts';
import type { Exchange } from '../../traffic/traffic.ts';
import { UNKNOWN_FILTER } from '../refusals.ts';
import { OVERHEAD, type Peer, type Sides, type Summary, side, who } from './parts.ts';

/** One filter of a SUBSCRIBE; `granted`: its quality of service, or undefined if it is refused. */
export class SubscribeExchange implements Exchange {
  readonly bytes = OVERHEAD;
  readonly outcome: TrafficEntry['outcome'];
  readonly #peer: Peer;
  readonly #filter: string;
  readonly #granted: number | undefined;

  constructor(peer: Peer, filter: string, granted: number | undefined) {
    this.outcome = granted === undefined ? 'refused' : 'ok';
    this.#peer = peer;
    this.#filter = filter;
    this.#granted = granted;
  }

  summary(): Summary {
    return {
      ...who(this.#peer),
      operation: 'subscribe',
      asked: `SUBSCRIBE ${this.#filter}`,
      answered: this.#granted === undefined ? 'refused 128' : `granted ${this.#granted}`,
      outcome: this.outcome,
      ...(this.#granted === undefined ? causeOf(UNKNOWN_FILTER) : {}),
    };
  }

  sides(): Sides {
    return {
      request: side('SUBSCRIBE', [['topic filter', this.#filter]]),
      answer: side(`SUBACK ${this.#granted ?? 128}`),
    };
  }
}
