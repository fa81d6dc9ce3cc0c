import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Message, MessageProperties } from '../../../protocol/message.ts';
import { isReadable, lowered, type RoutableMessage } from '../query/routing-message.ts';

/** A message as conditions of routes read it; `twin`: the document of its sender. */
export const routingInput = (message: Message, twin: JsonObject | undefined): RoutableMessage =>
  new RoutingInput(message, twin);

/** Prepares only what a condition asks for, and once, however many ask for it: this is done for each message. */
class RoutingInput implements RoutableMessage {
  readonly twin: JsonObject | undefined;
  readonly #message: Message;
  #properties: ReadonlyMap<string, string> | undefined;
  #body: { readonly value: Json | undefined } | undefined;

  constructor(message: Message, twin: JsonObject | undefined) {
    this.#message = message;
    this.twin = twin;
  }

  system(name: string): string | undefined {
    const member = SYSTEM.get(name);
    return member === undefined ? undefined : this.#message.system[member];
  }

  app(name: string): string | undefined {
    this.#properties ??= lowered(this.#message.properties);
    return this.#properties.get(name);
  }

  body(): Json | undefined {
    this.#body ??= { value: this.#readBody() };
    return this.#body.value;
  }

  #readBody(): Json | undefined {
    return isReadable(this) ? jsonIn(this.#message.body, this.#message.system.contentEncoding ?? '') : undefined;
  }
}

/**
 * System properties under their names in routing queries; some have another one there.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-routing-query-syntax#system-properties
 */
const ROUTING_NAMES = {
  messageId: 'messageId',
  correlationId: 'correlationId',
  userId: 'userId',
  contentType: 'contentType',
  contentEncoding: 'contentEncoding',
  creationTimeUtc: 'creationTimeUtc',
  expiryTimeUtc: 'expiryTimeUtc',
  to: 'to',
  ack: 'ack',
  interfaceId: 'iothub-interface-id',
  componentName: 'dt-subject',
  dataSchema: 'dt-dataschema',
  outputName: 'outputName',
  inputName: 'inputName',
  messageSchema: 'messageSchema',
  diagnosticId: 'diagnosticId',
  diagnosticContext: 'diagnosticContext',
  connectionDeviceId: 'connectionDeviceId',
  connectionModuleId: 'connectionModuleId',
  connectionAuthMethod: 'connectionAuthMethod',
  connectionDeviceGenerationId: 'connectionDeviceGenerationId',
  enqueuedTime: 'enqueuedTime',
  messageSource: 'iothub-message-source',
} as const satisfies { readonly [N in keyof Required<MessageProperties>]: string };

/** Letter case does not matter. */
const SYSTEM: ReadonlyMap<string, keyof MessageProperties> = new Map(
  Object.entries(ROUTING_NAMES).map(([member, name]) => [name.toLowerCase(), member as keyof typeof ROUTING_NAMES]),
);

/** Undefined for a body that is not JSON in its declared encoding. */
export const jsonIn = (body: Uint8Array, encoding: string): Json | undefined => {
  try {
    return JSON.parse(textIn(body, encoding.toLowerCase()));
  } catch {
    return undefined;
  }
};

const textIn = (body: Uint8Array, encoding: string): string => {
  if (encoding !== 'utf-32') return (encoding === 'utf-16' ? UTF_16 : UTF_8).decode(body);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return Array.from({ length: body.byteLength / 4 }, (_, i) => String.fromCodePoint(view.getUint32(i * 4, true))).join(
    '',
  );
};

const UTF_8 = new TextDecoder();
const UTF_16 = new TextDecoder('utf-16le');
