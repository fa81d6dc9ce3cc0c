import { put } from './json.ts';
import type { Message, MessageProperties } from './message.ts';
import { formatBag, parseBag } from './property-bag.ts';

/**
 * System properties in the property bag of an MQTT topic.
 * https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#send-device-to-cloud-messages
 */
export const BAG_NAMES = {
  '$.mid': 'messageId',
  '$.cid': 'correlationId',
  '$.uid': 'userId',
  '$.to': 'to',
  '$.exp': 'expiryTimeUtc',
  '$.ct': 'contentType',
  '$.ce': 'contentEncoding',
  '$.ctime': 'creationTimeUtc',
  '$.on': 'outputName',
  '$.sub': 'componentName',
  '$.ifid': 'interfaceId',
  '$.cdid': 'connectionDeviceId',
  '$.cmid': 'connectionModuleId',
  '$.schema': 'messageSchema',
  '$.diagid': 'diagnosticId',
  '$.diagctx': 'diagnosticContext',
  'iothub-ack': 'ack',
} as const satisfies Record<string, keyof MessageProperties>;

/** The message behind a topic; system names that are not known are application properties. */
export const messageFromBag = (bag: string, body: Uint8Array): Message => {
  const { system: named, application } = parseBag(bag);
  const system: Record<string, string> = {};
  const properties: Record<string, string> = {};
  for (const part of [application, named])
    for (const name of Object.keys(part)) {
      const value = part[name] ?? '';
      if (isKnown(name)) system[BAG_NAMES[name]] = value;
      else put(properties, name, value);
    }
  return { body, properties, system };
};

/** The bag of a message: properties of the system that MQTT has a name for, as far as they have a value, then the others. */
export const bagOfMessage = ({ properties, system }: Message): string =>
  formatBag([
    ...Object.entries(BAG_NAMES).flatMap(([name, property]) => {
      const value = system[property];
      return value === undefined || value === '' ? [] : [[name, value] as const];
    }),
    ...Object.entries(properties),
  ]);

const isKnown = (name: string): name is keyof typeof BAG_NAMES => Object.hasOwn(BAG_NAMES, name);
