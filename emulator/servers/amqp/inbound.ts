import { type ErrorCode, HubError } from '../../../protocol/errors.ts';
import type { FaultOperation } from '../../../protocol/fault.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Hub } from '../../hub/hub.ts';
import { errorAnswer } from '../error-answer.ts';
import { jsonIn, parseReport } from '../json-body.ts';
import { int, long, numberOf, textOf, type Value } from './engine/codec/values.ts';
import type { Message as AmqpMessage, Body } from './engine/message/message.ts';
import { idText } from './engine/message/message-id.ts';
import { messageFrom } from './message.ts';
import { callOf } from './outbound.ts';

/** The device or module that sends messages. */
export interface Sender {
  readonly hub: Hub;
  readonly key: IdentityKey;
  /** Called with anything but a HubError that is thrown. The device is answered with ServerError. */
  onBug(error: unknown, operation: string): void;
}

/**
 * Takes telemetry: one message, or a batch. `bytes`: the size of what has arrived. Throws DeviceNotFound, MessageTooLarge,
 * ArgumentInvalid.
 */
export const takeTelemetry = ({ hub, key }: Sender, messages: readonly AmqpMessage[], bytes: number): void => {
  // UNCERTAIN: that a batch counts as it is encoded. Messages without a body would otherwise be as many as one likes.
  const { telemetryBytes } = hub.limits;
  if (messages.length > 1 && bytes > telemetryBytes)
    throw new HubError('MessageTooLarge', `The batch must not be larger than ${telemetryBytes} bytes.`);
  hub.telemetry.receiveBatch(key, messages.map(messageFrom));
};

/** Messages of a service app: the identity that the first one is for, if there is one, and how the hub takes all. */
export const sendToDevices = (
  { inbox }: Hub,
  messages: readonly AmqpMessage[],
): { readonly key: IdentityKey | undefined; take(): void } => ({
  key: addresseeIn(inbox, messages[0]),
  take() {
    for (const message of messages) inbox.send(messageFrom(message));
  },
});

const addresseeIn = (inbox: Hub['inbox'], message: AmqpMessage | undefined): IdentityKey | undefined => {
  try {
    return inbox.addressee(message?.properties?.to);
  } catch (error) {
    if (error instanceof HubError) return undefined;
    throw error;
  }
};

const NO_STATUS = 500;

/** Takes the answer of a device to a method. */
export const takeMethodAnswer = ({ hub, key }: Sender, message: AmqpMessage): void => {
  const { correlationId } = message.properties ?? {};
  const status = message.applicationProperties?.get('IoThub-status');
  if (correlationId === undefined) throw new HubError('ArgumentInvalid', 'The answer has no correlation id.');
  hub.methods.respond(key, callOf(idText(correlationId)), {
    status: numberOf(status) ?? Number(textOf(status) ?? NO_STATUS),
    payload: jsonIn(bytesIn(message.body)),
  });
};

/** A request on a twin link. */
export interface TwinRequest {
  readonly operation: string;
  readonly resource: string;
  readonly message: AmqpMessage;
}

export const twinRequestOf = (message: AmqpMessage): TwinRequest => {
  const text = (name: string): string => textOf(message.messageAnnotations?.get(name)) ?? '';
  return { operation: text('operation').toUpperCase(), resource: text('resource').toLowerCase(), message };
};

/** What faults call the request; undefined for one that is not known. */
export const twinOperation = ({ operation, resource }: TwinRequest): FaultOperation | undefined =>
  REQUESTS[`${operation} ${resource}`]?.fault;

/** What a session listens to by twin requests. */
export interface TwinListener extends Sender {
  listenToDesired(isOn: boolean): void;
}

interface Result {
  readonly status: number;
  readonly payload: string;
  readonly version?: number;
}

interface RequestRow {
  readonly fault: FaultOperation;
  run(sender: TwinListener, message: AmqpMessage): Result;
}

const listen = (isOn: boolean): RequestRow => ({
  fault: 'subscribe',
  run: (sender) => {
    sender.listenToDesired(isOn);
    return { status: 200, payload: '' };
  },
});

const read: RequestRow = {
  fault: 'twin.get',
  run: ({ hub, key }) => {
    const payload = JSON.stringify(hub.twins.read(key));
    hub.usage.count('twinReads', Buffer.byteLength(payload));
    return { status: 200, payload };
  },
};

/** By operation and resource. https://learn.microsoft.com/azure/iot-hub/iot-hub-amqp-support */
const REQUESTS: Readonly<Record<string, RequestRow>> = {
  'GET ': read,
  'GET /': read,
  'PATCH /properties/reported': {
    fault: 'twin.report',
    run: ({ hub, key }, { body, messageAnnotations }) => {
      const version = numberOf(messageAnnotations?.get('version'));
      const bytes = bytesIn(body);
      const { patch, text } = parseReport(bytes);
      const reported = hub.twins.report(key, patch, version, text);
      hub.usage.count('twinUpdates', bytes.length);
      return { status: 200, payload: '', version: reported };
    },
  },
  'PUT /notifications/twin/properties/desired': listen(true),
  'DELETE /notifications/twin/properties/desired': listen(false),
};

/** The answer to a twin request, and the name of the error if it failed. */
export interface TwinAnswer {
  readonly message: AmqpMessage;
  readonly status: number;
  readonly refusal: ErrorCode | undefined;
}

/** Does what a twin request asks for. Errors are answers too; `fault` is one that is injected. */
export const answerTwin = (sender: TwinListener, request: TwinRequest, fault?: HubError): TwinAnswer => {
  let refusal: ErrorCode | undefined;
  let result: Result;
  try {
    if (fault !== undefined) throw fault;
    const row = REQUESTS[`${request.operation} ${request.resource}`];
    if (row === undefined)
      throw new HubError('ArgumentInvalid', 'The operation or resource of the request is unknown.');
    result = row.run(sender, request.message);
  } catch (error) {
    if (!(error instanceof HubError)) sender.onBug(error, `${request.operation} twin`);
    refusal = error instanceof HubError ? error.code : 'ServerError';
    result = errorAnswer(error, sender.hub);
  }
  return { message: twinMessage(request.message, result), status: result.status, refusal };
};

const twinMessage = (request: AmqpMessage, { status, payload, version }: Result): AmqpMessage => {
  const annotations = new Map<string, Value>([['status', int(status)]]);
  if (version !== undefined) annotations.set('version', long(version));
  return {
    messageAnnotations: annotations,
    properties: { correlationId: request.properties?.correlationId },
    body: { type: 'data', data: Buffer.from(payload) },
  };
};

/** The bytes of a body; clients send JSON as data or as text. */
const bytesIn = (body: Body): Uint8Array => {
  if (body.type === 'data') return body.data;
  return Buffer.from(body.type === 'value' ? (textOf(body.value) ?? '') : '');
};
