import { once } from 'node:events';
import type { Receiver } from 'rhea';
import { beforeEach, expect, test } from 'vitest';
import type { AmqpClient } from '../../support/wire/amqp-client.ts';
import { type AmqpHub, openAmqpHub } from '../../support/wire/amqp-hub.ts';

let world: AmqpHub;
let device: AmqpClient;
let service: AmqpClient;
beforeEach(async () => {
  world = await openAmqpHub();
  device = await world.device('d1');
  service = await world.service();
  return () => world[Symbol.asyncDispose]();
});

/** A link that accepts only messages of a few bytes. */
const narrow = async (client: AmqpClient, address: string): Promise<Receiver> => {
  const receiver = await client.receiver(address, { max_message_size: 10 });
  if (typeof receiver === 'string') throw new Error(receiver);
  return receiver;
};

/** The condition with which the link was closed. */
const endOf = async (link: Receiver): Promise<string> => {
  if (link.is_open()) await once(link, 'receiver_close');
  return (link.error as { condition: string }).condition; // as the hub always sends one
};

// part 2 §2.7.3: "A link MUST NOT deliver a message with size exceeding" the max-message-size of the peer
const TOO_LARGE = 'amqp:link:message-size-exceeded';

test('a desired property that a device does not accept ends its twin link, and the update of the service stands', async () => {
  const link = await narrow(device, '/devices/d1/twin');
  world.hub.sessions.subscribe(world.hub.sessions.get('d1'), 'desired');
  world.hub.twins.patch('d1', { properties: { desired: { color: 'red' } } });
  expect(await endOf(link)).toBe(TOO_LARGE);
  expect(world.hub.twins.get('d1').twin.desired.values).toEqual({ color: 'red' });
  expect(world.lines.map(({ text }) => text)).toContain('Detached a link of the device');
});

test('the caller of a method that a device does not accept is answered at once', async () => {
  const link = await narrow(device, '/devices/d1/methods/devicebound');
  await expect(world.hub.methods.invoke('d1', { methodName: 'blink', payload: 'x'.repeat(50) })).rejects.toMatchObject({
    code: 'DeviceConnectionClosedRemotely',
  });
  expect(await endOf(link)).toBe(TOO_LARGE);
});

test('feedback that a service does not accept ends its link, and stays for the next reader', async () => {
  const link = await narrow(service, '/messages/serviceBound/feedback');
  world.hub.inbox.send({
    body: Buffer.from('hi'),
    properties: {},
    system: { to: '/devices/d1/messages/devicebound', ack: 'full' },
  });
  world.hub.inbox.purge('d1');
  world.clock.advance(15_000);
  expect(await endOf(link)).toBe(TOO_LARGE);
  expect([...world.hub.feedback.batches()].map(({ lock }) => lock)).toEqual([undefined]);
});

test('an event that a reader does not accept ends its link', async () => {
  const name = world.hub.hostName.split('.')[0];
  const link = await narrow(
    service,
    `${name}/ConsumerGroups/$Default/Partitions/${world.hub.stream.partitionOf('d1')}`,
  );
  world.hub.telemetry.receive('d1', { body: Buffer.from('hello'), properties: {}, system: {} });
  expect(await endOf(link)).toBe(TOO_LARGE);
  expect(world.lines).toEqual([]);
});
