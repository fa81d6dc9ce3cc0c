import type { HubError } from '../../../../protocol/errors.ts';
import { parseRequest } from '../../../../protocol/topics.ts';
import type { TrafficEntry } from '../../../../protocol/traffic.ts';
import { causeOf, outcomeOf, remedyFor } from '../../traffic/cause.ts';
import { type Excerpt, excerptOf } from '../../traffic/excerpt.ts';
import type { Exchange } from '../../traffic/traffic.ts';
import type { DeviceMessage, TwinAnswer } from '../inbound.ts';
import { inLine, OVERHEAD, type Peer, type Sides, type Summary, side, who } from './parts.ts';

/** A message from a device, with its answer if it has one. */
export class PublishExchange implements Exchange {
  readonly outcome: TrafficEntry['outcome'];
  readonly #peer: Peer;
  readonly #topic: string;
  readonly #body: Excerpt;
  readonly #answer: TwinAnswer | undefined;
  readonly #answered: Excerpt | undefined;
  readonly #refusal: HubError | undefined;

  constructor(
    peer: Peer,
    { topic, payload }: DeviceMessage,
    { answer, refusal }: { readonly answer?: TwinAnswer | undefined; readonly refusal?: HubError | undefined },
  ) {
    const isRefused = refusal !== undefined || (answer !== undefined && isError(answer.topic));
    this.outcome = isRefused ? outcomeOf(refusal) : 'ok';
    this.#peer = peer;
    this.#topic = topic;
    this.#body = excerptOf(payload);
    this.#answered = answer && excerptOf(answer.payload);
    this.#answer = answer && { topic: answer.topic, payload: '' };
    this.#refusal = refusal;
  }

  get bytes(): number {
    return OVERHEAD + this.#topic.length + this.#body.kept.length + (this.#answered?.kept.length ?? 0);
  }

  summary(): Summary {
    const type = parseRequest(this.#topic, this.#peer.key)?.type;
    const { operation, asked } = type === undefined ? { operation: 'publish', asked: this.#topic } : ASKED[type];
    return {
      ...who(this.#peer),
      operation,
      asked,
      ...inLine(this.#body),
      ...this.#answerInLine(),
      outcome: this.outcome,
      ...(this.#refusal === undefined ? this.#causeInAnswer() : causeOf(this.#refusal)),
    };
  }

  sides(): Sides {
    const answer = this.#answer && side('PUBLISH', [['topic', this.#answer.topic]], this.#answered);
    return {
      request: side('PUBLISH', [['topic', this.#topic]], this.#body),
      answer: answer ?? side(this.#answerInLine().answered),
    };
  }

  #causeInAnswer(): Pick<Summary, 'why' | 'remedy'> {
    const text = this.outcome === 'ok' ? undefined : this.#answered?.kept;
    return typeof text === 'string' ? causeInAnswer(text) : {};
  }

  #answerInLine(): Pick<Summary, 'answered' | 'status' | 'why'> {
    if (this.#answer === undefined) return { answered: this.#refusal === undefined ? 'accepted' : 'refused' };
    const [, , , code = '', query = ''] = this.#answer.topic.split('/');
    const version = /\$version=(\d+)/.exec(query)?.[1];
    return { answered: code, status: Number(code), ...(version === undefined ? {} : { why: `$version ${version}` }) };
  }
}

/** https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#retrieve-device-twin-properties */
const ANSWER_PREFIX = '$iothub/twin/res/';

const isError = (topic: string): boolean => topic.charAt(ANSWER_PREFIX.length) >= '4';

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
