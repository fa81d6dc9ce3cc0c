import type { EventEmitter } from 'node:events';
import { resourceOf } from '../../../protocol/identity-key.ts';
import type { MethodMessage } from '../transport.ts';
import { messageFrom } from './message.ts';

/** A PUBLISH from the hub to the identity `key`. */
export interface Inbound {
  readonly topic: string;
  readonly payload: Buffer;
  readonly key: string;
}

const DESIRED = '$iothub/twin/PATCH/properties/desired/';
const METHOD = /^\$iothub\/methods\/POST\/([^/]+)\/\?\$rid=(.+)$/s;

/** Emits the event of `transport` that belongs to the topic; ignores other topics. */
export const dispatch = (transport: EventEmitter, { topic, payload, key }: Inbound): void => {
  if (topic.startsWith(DESIRED)) return void emitDesired(transport, payload);
  const [, methodName, requestId] = METHOD.exec(topic) ?? [];
  if (methodName !== undefined && requestId !== undefined) {
    const message: MethodMessage = { requestId, methodName, body: payload };
    return void transport.emit('method', message);
  }
  const root = resourceOf(key);
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
    return undefined; // invalid JSON from the other end must not end the program
  }
};
