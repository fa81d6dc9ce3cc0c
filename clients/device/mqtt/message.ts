import { isDate } from 'node:util/types';
import { BAG_NAMES } from '../../../protocol/message-bag.ts';
import { formatBag, parseBag } from '../../../protocol/property-bag.ts';
import { Message } from '../../shared/message.ts';

/** The system properties that are fields of `Message`, in the order in which azure-iot-device-mqtt 1.16 writes them. */
const FIELDS = [
  '$.mid',
  '$.cid',
  '$.uid',
  '$.to',
  '$.ct',
  '$.ce',
  '$.ifid',
  '$.exp',
] as const satisfies readonly BagName[];

type BagName = keyof typeof BAG_NAMES;
type FieldName = (typeof FIELDS)[number];

/** The last segment of a message's topic: the system properties, then the application properties. */
export const bagOf = (message: Message, outputName?: string): string => {
  const output: [string, string][] = outputName === undefined ? [] : [['$.on', outputName]];
  const system = FIELDS.flatMap((name): [string, string][] => {
    const value = message[BAG_NAMES[name]];
    return value ? [[name, isDate(value) ? value.toISOString() : String(value)]] : [];
  });
  const own = message.properties.propertyList.map(({ key, value }): [string, string] => [
    key === 'dt-subject' ? '$.sub' : key,
    String(value),
  ]);
  return formatBag([...output, ...system, ...own]);
};

/** Creates a message from the last segment of a topic and a payload. */
export const messageFrom = (bag: string, payload: Buffer): Message => {
  const message = new Message(payload);
  const { system, application } = parseBag(bag);
  for (const [name, value] of Object.entries(system)) {
    if (isField(name)) message[BAG_NAMES[name]] = value;
    else message.properties.add(name, value);
  }
  for (const [name, value] of Object.entries(application)) message.properties.add(name, value);
  return message;
};

const isField = (name: string): name is FieldName => FIELDS.some((field) => field === name);
