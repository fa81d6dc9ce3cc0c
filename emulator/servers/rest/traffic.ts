import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http';
import type { TrafficDetail, TrafficEntry } from '../../../protocol/traffic.ts';
import { type Answer, JSON_TYPE } from '../http/response.ts';
import { causeOf, outcomeOf } from '../traffic/cause.ts';
import { type Excerpt, excerptOf, masked, textOf } from '../traffic/excerpt.ts';
import type { Exchange } from '../traffic/traffic.ts';
import type { RestRequest } from './request.ts';

/** About what an entry takes besides bodies. */
const OVERHEAD = 1500;
const SHOWN_IN_LINE = 200;

/** A request of the service API. */
export class RestExchange implements Exchange {
  readonly outcome: TrafficEntry['outcome'];
  readonly bytes: number;
  readonly #facts: Pick<RestRequest, 'method' | 'path' | 'headers' | 'caller' | 'refusal'>;
  readonly #ms: number;
  readonly #status: number;
  readonly #asked: Excerpt | undefined;
  readonly #answered: Excerpt | undefined;
  readonly #answerHeaders: Answer['headers'];

  /** `ms`: until the answer. */
  constructor({ method, path, headers, caller, refusal, body }: RestRequest, answer: Answer, ms: number) {
    this.#facts = { method, path, headers, caller, refusal };
    this.#ms = ms;
    this.#status = answer.status;
    this.#answerHeaders = answer.headers;
    this.#asked = body === undefined || body.length === 0 ? undefined : excerptOf(body);
    this.#answered = contentOf(answer);
    this.outcome = answer.status < 400 ? 'ok' : outcomeOf(refusal);
    this.bytes = OVERHEAD + (this.#asked?.kept.length ?? 0) + (this.#answered?.kept.length ?? 0);
  }

  summary(): Omit<TrafficEntry, 'id' | 'at'> {
    const { method, path, refusal } = this.#facts;
    return {
      ...this.#who(),
      protocol: 'REST',
      operation: 'rest',
      asked: `${method} ${path.split('?', 1)[0]}`,
      ...(this.#asked === undefined ? {} : { body: textOf(this.#asked).slice(0, SHOWN_IN_LINE) }),
      answered: String(this.#status),
      status: this.#status,
      outcome: this.outcome,
      ms: Math.round(this.#ms * 10) / 10,
      ...(this.outcome === 'ok' ? {} : causeOf(refusal)),
    };
  }

  sides(): Pick<TrafficDetail, 'request' | 'answer'> {
    const { method, path, headers } = this.#facts;
    return {
      request: { line: `${method} ${path}`, fields: fieldsOf(headers), ...bodyOf(this.#asked) },
      answer: {
        line: `${this.#status} ${STATUS_CODES[this.#status] ?? ''}`.trimEnd(),
        fields: fieldsOf(this.#answerHeaders ?? {}),
        ...bodyOf(this.#answered),
      },
    };
  }

  #who(): Pick<TrafficEntry, 'who' | 'role'> {
    const { caller, headers } = this.#facts;
    if (headers[PAGE_HEADER] !== undefined) return { who: 'page', role: 'service' };
    if (caller === undefined)
      return { who: /skn=([\w-]+)/.exec(headers.authorization ?? '')?.[1] ?? '', role: 'service' };
    if (caller.kind === 'policy') return { who: caller.policy, role: 'service' };
    return { who: caller.key, role: caller.key.includes('/') ? 'module' : 'device' };
  }
}

/** Marks the requests of the page; the value does not matter. */
export const PAGE_HEADER = 'x-iothub-emulator-page';

/** JSON as text, so that it is written once for the client and for the entry. */
export const asText = (answer: Answer): Answer =>
  answer.body !== undefined && 'json' in answer.body
    ? { ...answer, body: { type: JSON_TYPE, content: JSON.stringify(answer.body.json) } }
    : answer;

const contentOf = ({ body }: Answer): Excerpt | undefined => {
  if (body === undefined || 'json' in body) return undefined;
  const { content } = body;
  return typeof content === 'string' || content instanceof Uint8Array ? excerptOf(content) : undefined;
};

const bodyOf = (excerpt: Excerpt | undefined): { readonly body?: string } =>
  excerpt === undefined ? {} : { body: textOf(excerpt) };

/** Of every request, and of no interest. */
const UNINTERESTING: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'accept-encoding',
  'vary',
  'server',
  PAGE_HEADER,
]);

const fieldsOf = (headers: IncomingHttpHeaders): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined || UNINTERESTING.has(name) ? [] : [[name, masked(String(value))]],
  );
