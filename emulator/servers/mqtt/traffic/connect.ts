import type { HubError } from '../../../../protocol/errors.ts';
import type { TrafficEntry, TrafficSide } from '../../../../protocol/traffic.ts';
import { causeOf, outcomeOf, type Words } from '../../traffic/cause.ts';
import type { Exchange } from '../../traffic/traffic.ts';
import type { ConnectRequest } from '../broker/application.ts';
import { OVERHEAD, type Peer, type Sides, type Summary, side, who } from './parts.ts';

/** The answer to a CONNECT. */
export interface ConnectResult {
  readonly code: number;
  readonly isResumed?: boolean;
  readonly refusal?: HubError | Words | undefined;
}

/** A CONNECT; `code`: the return code of its CONNACK. */
export class ConnectExchange implements Exchange {
  readonly bytes = OVERHEAD;
  readonly outcome: TrafficEntry['outcome'];
  readonly #peer: Peer;
  readonly #request: Pick<ConnectRequest, 'clientId' | 'username' | 'clean'>;
  readonly #result: ConnectResult;

  constructor(peer: Peer, { clientId, username, clean }: ConnectRequest, result: ConnectResult) {
    this.outcome = result.refusal === undefined ? 'ok' : outcomeOf(result.refusal);
    this.#peer = peer;
    this.#request = { clientId, username, clean };
    this.#result = result;
  }

  summary(): Summary {
    return {
      ...who(this.#peer),
      operation: 'connect',
      asked: `CONNECT clean=${this.#request.clean ? 1 : 0}`,
      answered: this.#answer(),
      outcome: this.outcome,
      ...causeOf(this.#result.refusal),
    };
  }

  sides(): Sides {
    const { clientId, username = '', clean } = this.#request;
    const fields: TrafficSide['fields'] = [
      ['client id', clientId],
      ['user name', username],
      ['clean session', clean ? '1' : '0'],
    ];
    return { request: side('CONNECT', fields), answer: side(`CONNACK ${this.#result.code}`) };
  }

  #answer(): string {
    const { code, isResumed } = this.#result;
    if (code !== 0) return `refused ${code}`;
    return isResumed ? '0, session present' : '0';
  }
}
