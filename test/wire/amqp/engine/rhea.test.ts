import rhea, { type EventContext } from 'rhea';
import { expect, test } from 'vitest';
import { AmqpError } from '../../../../emulator/servers/amqp/engine/errors.ts';
import { dataMessage } from '../../../support/amqp/amqp-peer.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';
import { event, RheaClient } from '../../../support/amqp/rhea-client.ts';

// a client that others have written, over a socket

const { message: messages, types } = rhea;
const HELLO = dataMessage('hello');
const contentOf = ({ message }: EventContext): unknown => message?.body.content.toString();

test('a message goes there and back, and keeps its types', async () => {
  await using world = new EngineWorld();
  await using client = await new RheaClient(await world.listen()).open();
  const sender = await client.sender('q');
  const sent = {
    message_id: 'm-1',
    correlation_id: Buffer.from('00112233445566778899aabbccddeeff', 'hex'),
    content_type: 'application/json',
    application_properties: { 'iothub-ack': 'full', count: types.wrap_int(200) },
    message_annotations: { 'x-opt-sequence-number': types.wrap_long(7) },
    body: messages.data_section(Buffer.from('{"t":21}')),
  };
  expect(await client.send(sender, sent)).toBe('accepted');
  const context = await event(client.receiver('q'), 'message');
  context.delivery?.accept();
  expect(context.message).toMatchObject({
    message_id: 'm-1',
    correlation_id: sent.correlation_id,
    content_type: 'application/json',
    application_properties: { 'iothub-ack': 'full', count: 200 },
    message_annotations: { 'x-opt-sequence-number': 7 },
  });
  expect(contentOf(context)).toBe('{"t":21}');
});

test('a token is put before anything else is allowed', async () => {
  await using world = new EngineWorld();
  world.broker.isOpen = false;
  await using client = await new RheaClient(await world.listen()).open();
  const refused = client.connection.open_sender('q');
  expect((await event(refused, 'sender_error')).sender?.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
  const cbs = await client.sender('$cbs');
  const replies = client.receiver('$cbs');
  await event(replies, 'receiver_open');
  const put = async (message_id: string, body: string): Promise<unknown> => {
    cbs.send({
      message_id,
      to: '$cbs',
      reply_to: 'cbs',
      application_properties: { operation: 'put-token', type: 'jwt', name: 'x' },
      body,
    });
    const { message } = await event(replies, 'message');
    return [message?.correlation_id, message?.application_properties];
  };
  expect(await put('1', 'bad')).toEqual(['1', { 'status-code': 401, 'status-description': 'Not that token' }]);
  expect(await put('2', 'good')).toEqual(['2', { 'status-code': 200, 'status-description': 'OK' }]);
  expect(await client.send(await client.sender('q'), { body: 'x' })).toBe('accepted');
});

test.each([4096, 65_536])('a message of 900 KB goes there and back in frames of %i bytes', async (max_frame_size) => {
  await using world = new EngineWorld();
  await using client = await new RheaClient(await world.listen(), { max_frame_size }).open();
  const content = Buffer.alloc(900_000, 'abcdefg');
  expect(await client.send(await client.sender('q'), { body: messages.data_section(content) })).toBe('accepted');
  const context = await event(client.receiver('q'), 'message');
  expect(context.message?.body.content.equals(content)).toBe(true);
});

test('1,000 messages keep their order', async () => {
  await using world = new EngineWorld();
  await using client = await new RheaClient(await world.listen()).open();
  const sender = await client.sender('q');
  for (let sent = 0; sent < 1000; ) {
    while (sent < 1000 && sender.sendable()) {
      sender.send({ body: messages.data_section(Buffer.from(String(sent))) });
      sent += 1;
    }
    if (sent < 1000) await event(sender, 'sendable');
  }
  const receiver = client.receiver('q', { credit_window: 50, autoaccept: true });
  const seen: unknown[] = [];
  await new Promise<void>((done) => {
    receiver.on('message', (context: EventContext) => {
      if (seen.push(contentOf(context)) === 1000) done();
    });
  });
  expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => String(i)));
});

test('no more comes than there is credit for', async () => {
  await using world = new EngineWorld();
  for (let i = 0; i < 5; i += 1) world.broker.put('q', HELLO);
  await using client = await new RheaClient(await world.listen()).open();
  const receiver = client.receiver('q', { credit_window: 0 });
  await event(receiver, 'receiver_open');
  let count = 0;
  receiver.on('message', () => {
    count += 1;
  });
  receiver.add_credit(2);
  while (count < 2) await event(receiver, 'message');
  // an exchange on the same connection: whatever else was sent has come by then
  await client.send(await client.sender('other'), { body: 'x' });
  expect([count, world.broker.queues.get('q')?.length]).toEqual([2, 3]);
});

test('a receiver drains', async () => {
  await using world = new EngineWorld();
  world.broker.put('q', HELLO);
  await using client = await new RheaClient(await world.listen()).open();
  const receiver = client.receiver('q', { credit_window: 0 });
  await event(receiver, 'receiver_open');
  const drained = event(receiver, 'receiver_drained');
  receiver.drain = true;
  receiver.add_credit(10);
  await drained;
  expect(world.broker.queues.get('q')).toEqual([]);
  expect(world.broker.links[0]?.available).toBe(0);
});

test('what is released or modified comes again, what is rejected does not', async () => {
  await using world = new EngineWorld();
  world.broker.put('q', HELLO);
  await using client = await new RheaClient(await world.listen()).open();
  const receiver = client.receiver('q');
  (await event(receiver, 'message')).delivery?.release();
  const again = await event(receiver, 'message');
  again.delivery?.reject({ condition: 'amqp:decode-error', description: 'no' });
  await client.send(await client.sender('other'), { body: 'x' });
  expect(world.broker.outcomes.map((line) => line.split(' ')[1])).toEqual(['released', 'rejected']);
});

test('a message is rejected with a reason', async () => {
  await using world = new EngineWorld();
  await using client = await new RheaClient(await world.listen()).open();
  const sender = await client.sender('reject');
  sender.send({ body: 'x' });
  const { delivery } = await event(sender, 'rejected');
  expect(delivery?.remote_state?.error).toMatchObject({ condition: 'amqp:not-allowed', description: 'Not wanted' });
});

test('a link that is refused opens and fails', async () => {
  await using world = new EngineWorld();
  await using client = await new RheaClient(await world.listen()).open();
  const receiver = client.receiver('missing');
  expect((await event(receiver, 'receiver_error')).receiver?.error).toMatchObject({ condition: 'amqp:not-found' });
});

test('a link is detached with an error, and the connection lives on', async () => {
  await using world = new EngineWorld();
  await using client = await new RheaClient(await world.listen()).open();
  const receiver = client.receiver('q');
  await event(receiver, 'receiver_open');
  world.broker.links[0]?.detach(new AmqpError('amqp:link:stolen', 'Another reader has come'));
  expect((await event(receiver, 'receiver_error')).receiver?.error).toMatchObject({ condition: 'amqp:link:stolen' });
  expect(await client.send(await client.sender('q'), { body: 'x' })).toBe('accepted');
});

test('a session is ended with an error', async () => {
  await using world = new EngineWorld();
  await using client = await new RheaClient(await world.listen()).open();
  await event(client.receiver('q'), 'receiver_open');
  const failed = event(client.connection, 'session_error');
  world.broker.links[0]?.endSession(new AmqpError('amqp:internal-error', 'Over'));
  expect((await failed).session?.error).toMatchObject({ condition: 'amqp:internal-error' });
});

test('a client comes back after its connection was dropped, and goes on', async () => {
  await using world = new EngineWorld();
  await using client = await new RheaClient(await world.listen(), {
    reconnect: true,
    initial_reconnect_delay: 1,
  }).open();
  const receiver = client.receiver('q');
  await event(receiver, 'receiver_open');
  world.broker.connections[0]?.destroy();
  world.broker.links.length = 0;
  await event(receiver, 'receiver_open');
  world.broker.put('q', HELLO);
  expect(contentOf(await event(receiver, 'message'))).toBe('hello');
});

test('a client comes back after its connection was closed with an error', async () => {
  await using world = new EngineWorld();
  await using client = await new RheaClient(await world.listen(), {
    reconnect: true,
    initial_reconnect_delay: 1,
  }).open();
  world.broker.connections[0]?.close(new AmqpError('amqp:connection:forced', 'The server is shutting down'));
  await event(client.connection, 'connection_open');
  expect(await client.send(await client.sender('q'), { body: 'x' })).toBe('accepted');
});

test.each([
  ['good', 'connection_open'],
  ['bad', 'connection_error'],
])('user name and the password %s: %s', async (password, name) => {
  await using world = new EngineWorld();
  const client = new RheaClient(await world.listen(), { username: 'service@sas.root.hub', password });
  await event(client.connection, name);
  expect(world.broker.attempts).toEqual([
    { mechanism: 'PLAIN', hostname: '127.0.0.1', username: 'service@sas.root.hub', password },
  ]);
  if (name === 'connection_open') await client.close();
});
