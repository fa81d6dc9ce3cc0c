import { type ErrorCode, HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Json } from '../../../protocol/json.ts';
import { systemProperties } from '../../../protocol/message.ts';
import { parseBag } from '../../../protocol/property-bag.ts';
import { parseRequest, type Request, telemetryBag, twinResponse } from '../../../protocol/topics.ts';
import type { Hub } from '../../hub/hub.ts';
import { answers } from '../answers.ts';
import { errorAnswer } from './errors.ts';

/** A message from a device, as far as it concerns the hub. */
export interface Incoming {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
  /** Answered instead of taking the message: a fault. */
  readonly refusal?: HubError;
}

export interface Answer {
  readonly topic: string;
  readonly payload: string;
}

/** What became of a message; `answer` is for the device, `bug` for the log, `refusal` the name of the error in the answer. */
export interface Outcome {
  readonly answer?: Answer | undefined;
  readonly refusal?: ErrorCode | undefined;
  readonly bug?: unknown;
}

/** Hands a message of the identity `key` to the hub. Throws HubError if the connection cannot go on. */
export const receive = (hub: Hub, key: IdentityKey, message: Incoming): Outcome => {
  if (!answers.hasSubscribers) return take(hub, key, message);
  const tell = (answer: string, refusal?: string): void =>
    answers.publish({ verb: 'PUBLISH', subject: message.topic, answer, refusal });
  try {
    const outcome = take(hub, key, message);
    tell(outcome.answer?.topic.split('/')[3] ?? 'taken', outcome.refusal);
    return outcome;
  } catch (error) {
    tell('closed', error instanceof HubError ? error.code : 'ServerError');
    throw error;
  }
};

const take = (hub: Hub, key: IdentityKey, message: Incoming): Outcome => {
  const request = parseRequest(message.topic, key);
  if (request === undefined) throw new HubError('InvalidOperation', 'a PUBLISH to a topic that is not its own');
  switch (request.type) {
    case 'telemetry':
      if (message.refusal !== undefined) throw message.refusal;
      hub.telemetry.receive(key, telemetry(request.bag, message, message.retain ? RETAINED : undefined));
      return NO_ANSWER;
    case 'twinGet':
      return answer(hub, request, () => {
        if (message.refusal !== undefined) throw message.refusal;
        return { status: 200, payload: JSON.stringify(hub.twins.read(key)) };
      });
    case 'twinPatch':
      return answer(hub, request, () => {
        if (message.refusal !== undefined) throw message.refusal;
        const version = hub.twins.report(key, parseJson(message.payload), versionOf(request.version));
        return { status: 204, payload: '', version };
      });
    case 'methodResponse':
      hub.methods.respond(key, request.rid, { status: Number(request.status), payload: jsonIn(message.payload) });
      return NO_ANSWER;
    default:
      return request satisfies never;
  }
};

/**
 * Publishes a device's last will as telemetry, if it was for the device's own telemetry topic.
 * https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#using-a-will
 */
export const receiveWill = (hub: Hub, key: IdentityKey, will: Incoming): void => {
  const bag = telemetryBag(will.topic, key);
  if (bag !== undefined) hub.telemetry.receive(key, telemetry(bag, will, WILL));
};

const NO_ANSWER: Outcome = {};
const WILL = ['iothub-MessageType', 'Will'] as const;
// https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#send-device-to-cloud-messages
const RETAINED = ['mqtt-retain', 'true'] as const;

const telemetry = (bagText: string, { payload }: Incoming, extra?: readonly [string, string]) => {
  const { system, application } = parseBag(bagText);
  return {
    body: payload,
    system: systemProperties(system),
    application: extra === undefined ? application : { ...application, [extra[0]]: extra[1] },
  };
};

interface Result {
  readonly status: number;
  readonly payload: string;
  readonly version?: number;
}

/** Refusals are answers too; without a request id the request counts, but nobody hears of it. */
const answer = (hub: Hub, { rid }: Extract<Request, { rid: string | undefined }>, run: () => Result): Outcome => {
  let result: Result;
  let bug: unknown;
  let refusal: ErrorCode | undefined;
  try {
    result = run();
  } catch (error) {
    if (!(error instanceof HubError)) bug = error;
    refusal = error instanceof HubError ? error.code : 'ServerError';
    result = errorAnswer(error, hub);
  }
  return {
    answer:
      rid === undefined
        ? undefined
        : { topic: twinResponse(result.status, rid, result.version), payload: result.payload },
    refusal,
    bug,
  };
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

const parseJson = (bytes: Buffer): Json => {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new HubError('IotHubFormatError', 'The body of the request is not valid JSON.');
  }
};

/** What a method's response holds: null for an empty one, undefined for what is no JSON. */
const jsonIn = (bytes: Buffer): Json | undefined => {
  if (bytes.length === 0) return null;
  try {
    return parseJson(bytes);
  } catch {
    return undefined;
  }
};

const versionOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new HubError('ArgumentInvalid', '$version must be a whole number.');
  return Number(text);
};
