import type { EventEmitter } from 'node:events';
import { rootOf } from '../../protocol/topics.ts';
import { messageFrom } from './mqtt-message.ts';
import type { MethodMessage } from './transport.ts';

/** A PUBLISH from the hub to the identity `key`. */
export interface Inbound {
  readonly topic: string;
  readonly payload: Buffer;
  readonly key: string;
}

const DESIRED = '$iothub/twin/PATCH/properties/desired/';
const METHOD = /^\$iothub\/methods\/POST\/([^/]+)\/\?\$rid=(.+)$/s;

/** Emits on `transport` what the topic means; other topics mean nothing. */
export const dispatch = (transport: EventEmitter, { topic, payload, key }: Inbound): void => {
  if (topic.startsWith(DESIRED)) return void emitDesired(transport, payload);
  const [, methodName, requestId] = METHOD.exec(topic) ?? [];
  if (methodName !== undefined && requestId !== undefined) {
    const message: MethodMessage = { requestId, methods: { methodName }, body: payload };
    return void transport.emit('method', message);
  }
  const root = rootOf(key);
  const c2d = `${root}/messages/devicebound/`;
  if (topic.startsWith(c2d)) return void transport.emit('message', messageFrom(topic.slice(c2d.length), payload));
  const inputs = `${root}/inputs/`;
  if (!topic.startsWith(inputs)) return;
  const [input = '', bag = ''] = topic.slice(inputs.length).split('/');
  transport.emit('inputMessage', input, messageFrom(bag, payload));
};

const emitDesired = (transport: EventEmitter, payload: Buffer): void => {
  const patch = read(payload);
  if (patch !== undefined) transport.emit('desired', patch);
};

const read = (payload: Buffer): unknown => {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined; // a peer's mistake must not end the program
  }
};
