import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Message, MessageProperties } from '../../../protocol/message.ts';
import type { RoutingMessage } from '../query/routing-message.ts';

/** A message as conditions of routes read it; `twin`: the document of its sender. */
export const routingInput = ({ body, properties, system }: Message, twin: JsonObject | undefined): RoutingMessage => ({
  systemProperties: Object.fromEntries(
    Object.entries(system).map(([name, value]) => [isRenamed(name) ? ROUTING_NAMES[name] : name, value]),
  ),
  appProperties: properties,
  body: () => jsonIn(body, system.contentEncoding ?? ''),
  twin,
});

/**
 * System properties that have another name in routing queries.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-routing-query-syntax#system-properties
 */
const ROUTING_NAMES = {
  componentName: 'dt-subject',
  dataSchema: 'dt-dataschema',
  interfaceId: 'iothub-interface-id',
  messageSource: 'iothub-message-source',
} as const satisfies { readonly [N in keyof MessageProperties]?: string };

const isRenamed = (name: string): name is keyof typeof ROUTING_NAMES => Object.hasOwn(ROUTING_NAMES, name);

/** Undefined for a body that is not JSON in its declared encoding. */
export const jsonIn = (body: Uint8Array, encoding: string): Json | undefined => {
  try {
    return JSON.parse(textIn(body, encoding.toLowerCase()));
  } catch {
    return undefined;
  }
};

const textIn = (body: Uint8Array, encoding: string): string => {
  if (encoding !== 'utf-32') return new TextDecoder(encoding === 'utf-16' ? 'utf-16le' : 'utf-8').decode(body);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return Array.from({ length: body.byteLength / 4 }, (_, i) => String.fromCodePoint(view.getUint32(i * 4, true))).join(
    '',
  );
};
