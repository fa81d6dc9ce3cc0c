import { type ErrorCode, HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Message } from '../../../protocol/message.ts';
import { messageFromBag } from '../../../protocol/message-bag.ts';
import { parseRequest, type Request, telemetryBag } from '../../../protocol/topics.ts';
import type { Hub } from '../../hub/hub.ts';
import type { ResponseOutcome } from '../../hub/messaging/methods.ts';
import type { ClientRefusal } from '../../hub/refusal.ts';
import { printable } from '../../log.ts';
import { diagnostics } from '../diagnostics.ts';
import { errorAnswer } from '../error-answer.ts';
import { jsonIn, parseReport } from '../json-body.ts';

/** The device or module that sends messages. */
export interface Sender {
  readonly hub: Hub;
  readonly key: IdentityKey;
  /** Why the hub takes no writes now. */
  readonly refusal: HubError | undefined;
  /** Called with what the hub does not take, although the device stays connected. */
  onRefusal(refusal: SenderRefusal): void;
  /** False: requests to the twin are refused. */
  readonly hasTwins: boolean;
  /** Called with anything but a HubError that is thrown. The device is answered with ServerError. */
  onBug(error: unknown, message: DeviceMessage): void;
}

/** Why something that a device has sent was not taken. */
export type SenderRefusal = Omit<ClientRefusal, 'key'>;

/** A message from a device or module. */
export interface DeviceMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
  /** An injected fault, or a refusal of the tier: the error that is answered, and nothing is done. */
  readonly fault?: HubError;
}

/** The answer to a twin request. */
export interface TwinAnswer {
  readonly status: number;
  readonly rid: string;
  /** Of reported properties that were written. */
  readonly version: number | undefined;
  readonly payload: string;
}

/** The answer, if there is one, and the name of the error if the request failed. */
interface Outcome {
  readonly answer?: TwinAnswer | undefined;
  readonly refusal?: ErrorCode | undefined;
}

/**
 * Hands a message to the hub, and returns the answer for the device, if there is one. Throws HubError if the connection has to be
 * closed.
 */
export const receive = (sender: Sender, message: DeviceMessage): TwinAnswer | undefined => {
  if (!diagnostics.hasSubscribers) return take(sender, message).answer;
  const publish = (answer: string, refusal?: string): void =>
    diagnostics.publish({ verb: 'PUBLISH', subject: message.topic, answer, refusal });
  try {
    const { answer, refusal } = take(sender, message);
    publish(answer === undefined ? 'taken' : String(answer.status), refusal);
    return answer;
  } catch (error) {
    publish('closed', error instanceof HubError ? error.code : 'ServerError');
    throw error;
  }
};

const take = (sender: Sender, message: DeviceMessage): Outcome => {
  const { hub, key } = sender;
  const request = parseRequest(message.topic, key);
  if (request === undefined)
    throw new HubError('InvalidOperation', 'a PUBLISH to a topic that is not its own', { hint: TOPICS });
  if (sender.refusal !== undefined && WRITES.has(request.type)) throw sender.refusal;
  switch (request.type) {
    case 'telemetry':
      if (message.fault !== undefined) throw message.fault;
      hub.telemetry.receive(key, telemetry(request.bag, message, message.retain ? RETAINED : undefined));
      return NO_ANSWER;
    case 'twinGet':
      return answer({ sender, message, request }, readTwin);
    case 'twinPatch':
      return answer({ sender, message, request }, report);
    case 'methodResponse': {
      const response = { status: Number(request.status), payload: jsonIn(message.payload) };
      const refusal = METHOD_REFUSALS[hub.methods.respond(key, requestIdIn(request.rid), response)];
      if (refusal !== undefined)
        sender.onRefusal({ what: 'method answer', subject: printable(message.topic), ...refusal });
      return NO_ANSWER;
    }
    default:
      return request satisfies never;
  }
};

/** A request to the twin. */
interface Asked<Type extends 'twinGet' | 'twinPatch'> {
  readonly sender: Sender;
  readonly message: DeviceMessage;
  readonly request: Extract<Request, { readonly type: Type }>;
}

const readTwin = ({ sender: { hub, key } }: Asked<'twinGet'>): Result => {
  const payload = JSON.stringify(hub.twins.read(key));
  hub.usage.count('twinReads', Buffer.byteLength(payload));
  return { status: 200, version: undefined, payload };
};

const report = ({ sender: { hub, key }, message: { payload }, request }: Asked<'twinPatch'>): Result => {
  const { patch, text } = parseReport(payload);
  const version = hub.twins.report(key, patch, versionOf(request.version), text);
  hub.usage.count('twinUpdates', payload.length);
  return { status: 204, version, payload: '' };
};

/** Throws HubError if a request to the twin is refused whatever it contains. */
const checkTwin = ({ hasTwins }: Sender, { fault }: DeviceMessage): void => {
  if (fault !== undefined) throw fault;
  if (!hasTwins) throw new HubError('InvalidProtocolVersion', 'The api-version of the connection has no twins.');
};

/**
 * Publishes a device's last will as telemetry, if it was for the device's own telemetry topic.
 * https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#using-a-will
 */
export const receiveWill = ({ hub, key }: Sender, will: DeviceMessage): void => {
  const bag = telemetryBag(will.topic, key);
  if (bag !== undefined) hub.telemetry.receive(key, telemetry(bag, will, WILL));
};

const TOPICS = 'for the topics of a device see https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub';
const WRITES: ReadonlySet<Request['type']> = new Set<Request['type']>(['telemetry', 'twinPatch']);
const NO_ANSWER: Outcome = {};
const WILL = ['iothub-MessageType', 'Will'] as const;
// https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#send-device-to-cloud-messages
const RETAINED = ['mqtt-retain', 'true'] as const;

const telemetry = (bag: string, { payload }: DeviceMessage, extra?: readonly [string, string]): Message => {
  const message = messageFromBag(bag, payload);
  return extra === undefined ? message : { ...message, properties: { ...message.properties, [extra[0]]: extra[1] } };
};

type Result = Omit<TwinAnswer, 'rid'>;

/** Errors are answers too. Without a request id the request is done, but not answered. */
const answer = <A extends Asked<'twinGet' | 'twinPatch'>>(asked: A, run: (asked: A) => Result): Outcome => {
  const { sender, message, request } = asked;
  let result: Result;
  let refusal: ErrorCode | undefined;
  try {
    checkTwin(sender, message);
    result = run(asked);
  } catch (error) {
    if (!(error instanceof HubError)) sender.onBug(error, message);
    else if (message.fault === undefined) sender.onRefusal(requestRefusal(error, message.topic));
    refusal = error instanceof HubError ? error.code : 'ServerError';
    result = { ...errorAnswer(error, sender.hub), version: undefined };
  }
  const { status, version, payload } = result;
  const { rid } = request;
  return { answer: rid === undefined ? undefined : { status, rid, version, payload }, refusal };
};

const requestRefusal = ({ code, text, hint }: HubError, topic: string): SenderRefusal => ({
  what: topic.includes('/PATCH/') ? 'report' : 'twin request',
  subject: printable(topic),
  code,
  cause: text,
  remedy: hint ?? 'correct what the device sends; the answer on $iothub/twin/res/ has this text too',
});

const METHOD_REFUSALS: Readonly<Record<ResponseOutcome, Pick<SenderRefusal, 'code' | 'cause' | 'remedy'> | undefined>> =
  {
    taken: undefined,
    'not-awaited': {
      code: 'method-not-awaited',
      cause: 'no caller waits for this answer: its $rid names no call, or the call has timed out',
      remedy: 'answer with the $rid of the request, once, before the response timeout of the call',
    },
    'not-json': {
      code: 'method-answer-not-json',
      cause: 'the payload is not valid JSON',
      remedy: 'send JSON or an empty payload as the answer of a direct method',
    },
    'too-large': {
      code: 'method-answer-too-large',
      cause: 'the payload is larger than the hub allows',
      remedy: 'send a smaller answer',
    },
  };

/** A request id is a hexadecimal number: devices may send it back in capitals, or padded with zeros. */
const requestIdIn = (rid: string): string =>
  /^[\da-f]+$/i.test(rid) ? rid.toLowerCase().replace(/^0+(?=.)/, '') : rid;

const versionOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new HubError('ArgumentInvalid', '$version must be a whole number.');
  return Number(text);
};
