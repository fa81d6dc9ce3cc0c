import type { Downlink } from '../../../emulator/hub/messaging/session.ts';
import type { Message, MessageProperties } from '../../../protocol/message.ts';
import { newHub, newSession } from './hub.ts';

export type CloudToDevice = Extract<Downlink, { type: 'c2d' }>;

export const message = (text: string, system: MessageProperties = {}): Message => ({
  body: new TextEncoder().encode(text),
  properties: {},
  system,
});

export const textOf = ({ body }: Message): string => new TextDecoder().decode(body);

/** A hub with the device `d1`, and its module `d1/m1`. */
export const newWorld = (options: Parameters<typeof newHub>[0] = {}) => {
  const world = newHub(options);
  const { hub, events } = world;
  hub.registry.create({ deviceId: 'd1' }, {});
  hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  const { inbox, feedback } = hub;
  const send = (text: string, system: MessageProperties = {}) => inbox.enqueue('d1', message(text, system));
  const texts = (key = 'd1') => inbox.list(key).map(({ item }) => textOf(item));
  /** Types of the events about messages and feedback. */
  const told = () => events.map(({ type }) => type).filter((type) => /^(?:c2d|feedback)\./.test(type));
  /** Connects an identity that listens to messages; `credit`: how many it takes. */
  const connect = (key = 'd1', credit?: () => number) => {
    const { session, heard } = newSession(key);
    const listening = credit === undefined ? session : { ...session, credit };
    hub.sessions.open(listening, { resume: true });
    hub.sessions.subscribe(listening, 'c2d', 1);
    const received = () => heard.filter((downlink): downlink is CloudToDevice => downlink.type === 'c2d');
    return { session: listening, received, texts: () => received().map((one) => textOf(one.message)) };
  };
  return { ...world, inbox, feedback, send, texts, told, connect };
};

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
