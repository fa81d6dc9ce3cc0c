import { type Receiver, type Message as RheaMessage, message as rheaMessage } from 'rhea';
import type { AmqpClient } from './amqp-client.ts';
import { identityToken } from './authenticated-hub.ts';
import type { HubOfAll } from './hub-of-all.ts';
import type { MqttPeer } from './mqtt-peer.ts';

/** What every protocol can carry. */
export interface Carried {
  readonly text: string;
  readonly messageId?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly userId?: string | undefined;
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly properties: Readonly<Record<string, string>>;
}

export type Settling = 'complete' | 'reject' | 'abandon';

/** The device `d1` at its end of a protocol. Each call ends when the hub has done what it does. */
export interface DeviceEnd {
  /** Whether the hub has taken the message. */
  send(message: Carried): Promise<boolean>;
  /** Takes every message that waits, one after the other, and completes each. Their texts. */
  takeAll(): Promise<readonly string[]>;
  /** Takes the next message that waits; its text. MQTT cannot. */
  settleNext(how: Settling): Promise<string | undefined>;
  /** `taken`, or the status with which the report is refused. HTTPS has no twins. */
  report(patch: unknown): Promise<'taken' | number>;
  close(): Promise<void>;
}

export type Protocol = 'AMQP' | 'MQTT' | 'HTTPS';

export const deviceEnd = (world: HubOfAll, protocol: Protocol): Promise<DeviceEnd> =>
  ({ AMQP: amqpEnd, MQTT: mqttEnd, HTTPS: httpsEnd })[protocol](world);

const EVENTS = '/devices/d1/messages/events';
const INBOX = '/devices/d1/messages/deviceBound';
const TWIN = '/devices/d1/twin';

const amqpEnd = async (world: HubOfAll): Promise<DeviceEnd> => {
  const client = await world.device();
  const inbox = await attached(client, INBOX);
  const answers = await attached(client, TWIN);
  // what was sent before is done when the answer to a token has come
  const done = (): Promise<unknown> => client.putToken(identityToken(world.hub, 'd1'));
  const take = async (how: 'accept' | 'reject' | 'release'): Promise<string | undefined> => {
    if (nothingWaits(world)) return undefined;
    inbox.add_credit(1);
    const { message, delivery } = await client.next(inbox);
    delivery[how]();
    await done();
    return String(message.body.content);
  };
  return {
    send: async (message) => (await client.send(EVENTS, rheaMessageOf(message))) === 'accepted',
    takeAll: () => untilNothing(() => take('accept')),
    settleNext: (how) => take(({ complete: 'accept', reject: 'reject', abandon: 'release' } as const)[how]),
    async report(patch) {
      answers.add_credit(1);
      const sent = client.send(TWIN, {
        correlation_id: 'c',
        message_annotations: { operation: 'PATCH', resource: '/properties/reported' },
        body: rheaMessage.data_section(Buffer.from(JSON.stringify(patch))),
      });
      const { message, delivery } = await client.next(answers);
      delivery.accept();
      await sent;
      return answered(Number(message.message_annotations?.status));
    },
    async close() {
      client.vanish();
      await left(world);
    },
  };
};

const attached = async (client: AmqpClient, address: string): Promise<Receiver> => {
  const receiver = await client.receiver(address, { credit_window: 0 });
  if (typeof receiver === 'string') throw new Error(receiver);
  return receiver;
};

export const rheaMessageOf = ({ text, properties, ...system }: Carried): RheaMessage => ({
  ...(system.messageId === undefined ? {} : { message_id: system.messageId }),
  ...(system.correlationId === undefined ? {} : { correlation_id: system.correlationId }),
  ...(system.userId === undefined ? {} : { user_id: Buffer.from(system.userId) as unknown as string }), // binary on the wire
  ...(system.contentType === undefined ? {} : { content_type: system.contentType }),
  ...(system.contentEncoding === undefined ? {} : { content_encoding: system.contentEncoding }),
  application_properties: { ...properties },
  body: rheaMessage.data_section(Buffer.from(text)),
});

const mqttEnd = async (world: HubOfAll): Promise<DeviceEnd> => {
  const peer = await world.mqttDevice();
  await peer.subscribe('$iothub/twin/res/#');
  const filter = 'devices/d1/messages/devicebound/#';
  return {
    async send(message) {
      peer.publish(`devices/d1/messages/events/${bagOf(message)}`, message.text, { qos: 1, messageId: 1 });
      return (await peer.next()).cmd === 'puback';
    },
    async takeAll() {
      await peer.subscribe(filter, 1);
      const texts: string[] = [];
      for (let heard = await peer.settle(); heard.length > 0; heard = await peer.settle())
        for (const publish of heard) {
          texts.push(String(publish.payload));
          peer.acknowledge(publish);
        }
      await unsubscribe(peer, filter);
      return texts;
    },
    settleNext: () => Promise.reject(new Error('MQTT only completes')),
    async report(patch) {
      peer.publish('$iothub/twin/PATCH/properties/reported/?$rid=1', JSON.stringify(patch));
      return answered(Number(String((await peer.next()).topic).split('/')[3]));
    },
    async close() {
      await peer.vanish();
      await left(world);
    },
  };
};

const unsubscribe = async (peer: MqttPeer, filter: string): Promise<void> => {
  peer.send({ cmd: 'unsubscribe', messageId: 3, unsubscriptions: [filter] });
  await peer.next();
};

// https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#send-device-to-cloud-messages
const bagOf = ({ properties, ...system }: Carried): string =>
  Object.entries({
    '$.mid': system.messageId,
    '$.cid': system.correlationId,
    '$.uid': system.userId,
    '$.ct': system.contentType,
    '$.ce': system.contentEncoding,
    ...properties,
  })
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
    )
    .join('&');

const httpsEnd = async ({ askAsDevice }: HubOfAll): Promise<DeviceEnd> => {
  const take = async (how: Settling): Promise<string | undefined> => {
    const { status, text, headers } = await askAsDevice('GET', INBOX);
    if (status === 204) return undefined;
    const path = `${INBOX}/${headers.etag?.slice(1, -1)}`;
    if (how === 'abandon') await askAsDevice('POST', `${path}/abandon`);
    else await askAsDevice('DELETE', path, how === 'reject' ? { query: 'reject=' } : {});
    return text;
  };
  return {
    async send(message) {
      const { status } = await askAsDevice('POST', EVENTS, { headers: headersOf(message), body: message.text });
      return status === 204;
    },
    takeAll: () => untilNothing(() => take('complete')),
    settleNext: take,
    report: () => Promise.reject(new Error('HTTPS has no twins')),
    close: async () => undefined,
  };
};

// https://learn.microsoft.com/rest/api/iothub/device/send-device-event
export const headersOf = ({ properties, ...system }: Carried): Record<string, string> =>
  Object.fromEntries(
    Object.entries({
      'iothub-messageid': system.messageId,
      'iothub-correlationid': system.correlationId,
      'iothub-userid': system.userId,
      'iothub-contenttype': system.contentType,
      'iothub-contentencoding': system.contentEncoding,
      ...Object.fromEntries(Object.entries(properties).map(([name, value]) => [`iothub-app-${name}`, value])),
    }).filter((header): header is [string, string] => header[1] !== undefined),
  );

// 200 over AMQP, 204 over MQTT
const answered = (status: number): 'taken' | number => (status < 300 ? 'taken' : status);

const untilNothing = async (take: () => Promise<string | undefined>): Promise<readonly string[]> => {
  const texts: string[] = [];
  for (let text = await take(); text !== undefined; text = await take()) texts.push(text);
  return texts;
};

const nothingWaits = ({ hub }: HubOfAll): boolean => hub.inbox.list('d1').every(({ lock }) => lock !== undefined);

const left = async ({ hub }: HubOfAll): Promise<void> => {
  while (hub.sessions.find('d1') !== undefined) await new Promise(setImmediate);
};
