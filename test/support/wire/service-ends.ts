import { timestamp } from '../../../emulator/kernel/clock.ts';
import { type Carried, headersOf, type Protocol, rheaMessageOf } from './device-ends.ts';
import type { HubOfAll } from './hub-of-all.ts';

/** A message to a device. */
export interface Sent {
  readonly message: Carried;
  readonly ack: string;
  /** In so many seconds. */
  readonly expires: number | undefined;
  readonly to: string;
}

/** A back end at its end of a protocol. Each call ends when the hub has done what it does. */
export interface ServiceEnd {
  /** Whether the hub has taken the message. */
  send(sent: Sent): Promise<boolean>;
  /** Completes the next batch of feedback; its records. */
  feedback(): Promise<unknown>;
}

const TO_DEVICES = '/messages/deviceBound';
const FEEDBACK = '/messages/serviceBound/feedback';

/** Back ends do not speak MQTT: beside a device that does, they use HTTPS. */
export const serviceEnd = (world: HubOfAll, protocol: Protocol): Promise<ServiceEnd> =>
  protocol === 'AMQP' ? amqpEnd(world) : httpsEnd(world);

const addressOf = (to: string): string => `/devices/${to}/messages/devicebound`;

const amqpEnd = async (world: HubOfAll): Promise<ServiceEnd> => {
  const client = await world.service();
  const receiver = await client.receiver(FEEDBACK, { credit_window: 0 });
  if (typeof receiver === 'string') throw new Error(receiver);
  return {
    async send({ message, ack, expires, to }) {
      const { application_properties, ...rest } = rheaMessageOf(message);
      const answer = await client.send(TO_DEVICES, {
        ...rest,
        to: addressOf(to),
        ...(expires === undefined
          ? {}
          : { absolute_expiry_time: (world.clock.now() + expires * 1000) as unknown as Date }), // rhea writes numbers too
        application_properties: { ...application_properties, 'iothub-ack': ack },
      });
      return answer === 'accepted';
    },
    async feedback() {
      if ([...world.hub.feedback.batches()].every(({ lock }) => lock !== undefined)) return undefined;
      receiver.add_credit(1);
      const { message, delivery } = await client.next(receiver);
      delivery.accept();
      while ([...world.hub.feedback.batches()].some(({ lock }) => lock !== undefined)) await new Promise(setImmediate);
      return JSON.parse(String(message.body.content));
    },
  };
};

const httpsEnd = async ({ askAsService, clock }: HubOfAll): Promise<ServiceEnd> => ({
  async send({ message, ack, expires, to }) {
    const headers = {
      ...headersOf(message),
      'iothub-to': addressOf(to),
      'iothub-ack': ack,
      ...(expires === undefined ? {} : { 'iothub-expiry': timestamp(clock.now() + expires * 1000) }),
    };
    return (await askAsService('POST', TO_DEVICES, { headers, body: message.text })).status === 204;
  },
  async feedback() {
    const { status, body, headers } = await askAsService('GET', FEEDBACK);
    if (status === 204) return undefined;
    await askAsService('DELETE', `${FEEDBACK}/${headers.etag?.slice(1, -1)}`);
    return body;
  },
});
