import { isDate } from 'node:util/types';
import { formatBag, parseBag } from '../../protocol/property-bag.ts';
import { Message } from '../shared/message.ts';

// https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#send-device-to-cloud-messages
const FIELDS = {
  '$.mid': 'messageId',
  '$.cid': 'correlationId',
  '$.uid': 'userId',
  '$.to': 'to',
  '$.ct': 'contentType',
  '$.ce': 'contentEncoding',
  '$.ifid': 'interfaceId',
  '$.exp': 'expiryTimeUtc',
} as const satisfies Record<string, keyof Message>;

/** A message's properties as the last segment of its topic: the hub's own, then the application's. */
export const bagOf = (message: Message, outputName?: string): string => {
  const output: [string, string][] = outputName === undefined ? [] : [['$.on', outputName]];
  const system = Object.entries(FIELDS).flatMap(([name, field]): [string, string][] => {
    const value = message[field];
    return value ? [[name, isDate(value) ? value.toISOString() : String(value)]] : [];
  });
  const own = message.properties.propertyList.map(({ key, value }): [string, string] => [
    key === 'dt-subject' ? '$.sub' : key,
    String(value),
  ]);
  return formatBag([...output, ...system, ...own]);
};

/** The message that a topic's last segment and a payload make. */
export const messageFrom = (bag: string, payload: Buffer): Message => {
  const message = new Message(payload);
  const { system, application } = parseBag(bag);
  for (const [name, value] of Object.entries(system)) {
    const field = isField(name) ? FIELDS[name] : undefined;
    if (field) message[field] = value;
    else message.properties.add(name, value);
  }
  for (const [name, value] of Object.entries(application)) message.properties.add(name, value);
  return message;
};

const isField = (name: string): name is keyof typeof FIELDS => Object.hasOwn(FIELDS, name);
