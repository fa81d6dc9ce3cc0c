import type { HubError } from '../../../../protocol/errors.ts';
import { parseRequest, type Request, twinResponse } from '../../../../protocol/topics.ts';
import type { TrafficEntry } from '../../../../protocol/traffic.ts';
import { causeOf, outcomeOf, remedyFor } from '../../traffic/cause.ts';
import { type Excerpt, excerptOf } from '../../traffic/excerpt.ts';
import type { Exchange } from '../../traffic/traffic.ts';
import type { TwinAnswer } from '../inbound.ts';
import { inLine, OVERHEAD, type Peer, type Sides, type Summary, side, who } from './parts.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A message from a device, with its answer if it has one. */
export class PublishExchange implements Exchange {
  readonly outcome: TrafficEntry['outcome'];
  readonly #peer: Peer;
  readonly #topic: string;
  readonly #body: Excerpt;
  /** Of the answer; undefined without one. */
  readonly #status: number | undefined;
  readonly #version: number | undefined;
  readonly #answered: Excerpt | undefined;
  readonly #refusal: HubError | undefined;

  constructor(
    peer: Peer,
    { topic, payload }: { readonly topic: string; readonly payload: Uint8Array },
    answer?: Omit<TwinAnswer, 'rid'>,
    refusal?: HubError,
  ) {
    const isRefused = refusal !== undefined || (answer !== undefined && answer.status >= 400);
    this.outcome = isRefused ? outcomeOf(refusal) : 'ok';
    this.#peer = peer;
    this.#topic = topic;
    this.#body = excerptOf(payload);
    this.#status = answer?.status;
    this.#version = answer?.version;
    this.#answered = answer === undefined || answer.payload === '' ? undefined : excerptOf(answer.payload);
    this.#refusal = refusal;
  }

  get bytes(): number {
    return OVERHEAD + this.#topic.length + this.#body.kept.length + (this.#answered?.kept.length ?? 0);
  }

  summary(): Summary {
    const type = this.#request()?.type;
    const { operation, asked } = type === undefined ? { operation: 'publish', asked: this.#topic } : ASKED[type];
    const [status, version] = [this.#status, this.#version];
    const peer = who(this.#peer);
    // without spreads: the page gets a thousand of these a second, and each spread takes longer than all the rest
    const summary: Writable<Summary> = {
      who: peer.who,
      role: peer.role,
      protocol: peer.protocol,
      operation,
      asked,
      answered: this.#answerInLine(),
      outcome: this.outcome,
    };
    if (this.#body.length > 0) summary.body = inLine(this.#body);
    if (status !== undefined) summary.status = status;
    if (version !== undefined) summary.why = `$version ${version}`;
    if (this.outcome === 'ok') return summary;
    return { ...summary, ...(this.#refusal === undefined ? this.#causeInAnswer() : causeOf(this.#refusal)) };
  }

  sides(): Sides {
    const topic = this.#answerTopic();
    const request = side('PUBLISH', [['topic', this.#topic]], this.#body);
    if (topic === undefined) return { request, answer: side(this.#answerInLine()) };
    return { request, answer: side('PUBLISH', [['topic', topic]], this.#answered) };
  }

  #request(): Request | undefined {
    return parseRequest(this.#topic, this.#peer.key);
  }

  #answerTopic(): string | undefined {
    const request = this.#request();
    const rid = request !== undefined && 'rid' in request ? request.rid : undefined;
    if (this.#status === undefined || rid === undefined) return undefined;
    return twinResponse(this.#status, rid, this.#version);
  }

  #causeInAnswer(): Pick<Summary, 'why' | 'remedy'> {
    if (this.#answered === undefined || this.#answered.areBytes) return {}; // a long one is cut
    return causeInAnswer(this.#answered.kept);
  }

  #answerInLine(): string {
    if (this.#status !== undefined) return String(this.#status);
    return this.#refusal === undefined ? 'accepted' : 'refused';
  }
}

/** Of the body of an answer, which an error of the hub has written. */
const causeInAnswer = (body: string): Pick<Summary, 'why' | 'remedy'> => {
  const { errorCode, message } = JSON.parse(body);
  return { why: String(message), remedy: remedyFor(errorCode) ?? 'correct what the device sends' };
};

const ASKED = {
  telemetry: { operation: 'telemetry', asked: 'telemetry' },
  twinGet: { operation: 'twin.get', asked: 'GET twin' },
  twinPatch: { operation: 'twin.report', asked: 'PATCH reported' },
  methodResponse: { operation: 'method', asked: 'method answer' },
} as const;
