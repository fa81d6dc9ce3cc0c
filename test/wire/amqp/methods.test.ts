import { once } from 'node:events';
import { type Receiver, message as rheaMessage } from 'rhea';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AmqpClient } from '../../support/wire/amqp-client.ts';
import { type AmqpHub, openAmqpHub } from '../../support/wire/amqp-hub.ts';

const METHODS = '/devices/d1/methods/devicebound';
let world: AmqpHub;
let client: AmqpClient;
let calls: Receiver;
beforeAll(async () => {
  world = await openAmqpHub();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  client = await world.device('d1');
  const receiver = await client.receiver(METHODS);
  if (typeof receiver === 'string') throw new Error(receiver);
  calls = receiver;
  return () => client.vanish();
});

const invoke = () => world.hub.methods.invoke('d1', { methodName: 'wave', payload: { times: 2 } });
const respond = (correlation_id: unknown, fields: object = {}, body = '{"done":true}') =>
  client.send(METHODS, {
    correlation_id: correlation_id as Buffer, // rhea accepts ids of any type
    application_properties: { 'IoThub-status': 207, ...fields },
    body: rheaMessage.data_section(Buffer.from(body)),
  });

// trap 17
test.each([
  ['as it was sent', (id: Buffer) => id],
  ['as text', (id: Buffer) => id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')],
])('a method is called and answered, with its correlation id %s', async (_, convert) => {
  const answer = invoke();
  const { message } = await client.next(calls);
  expect(message.application_properties).toEqual({ 'IoThub-methodname': 'wave' });
  expect(JSON.parse(String(message.body.content))).toEqual({ times: 2 });
  expect(Buffer.isBuffer(message.correlation_id) && message.correlation_id.length).toBe(16);
  expect(await respond(convert(message.correlation_id as unknown as Buffer))).toBe('accepted'); // as rhea reads a uuid
  expect(await answer).toMatchObject({ status: 207, payload: { value: { done: true } } });
});

test('an answer to a call that does not exist is accepted, and changes nothing', async () => {
  expect(await respond('00000000-0000-0000-0000-0000000fffff')).toBe('accepted');
});

test('an answer without a correlation id is rejected', async () => {
  expect(await respond(undefined)).toBe('com.microsoft:argument-error');
});

test('a call ends when the connection is lost', async () => {
  const answer = invoke();
  await client.next(calls);
  client.vanish();
  await expect(answer).rejects.toMatchObject({ code: 'DeviceConnectionClosedRemotely' });
});

// AMQP 1.0, part 2 §2.6: a link that is attached and has credit receives
test('when the newer of two links ends, the older one receives calls', async () => {
  const newer = await client.receiver(METHODS);
  if (typeof newer === 'string') throw new Error(newer);
  const first = invoke();
  await respond((await client.next(newer)).message.correlation_id);
  await first;
  newer.close();
  await once(newer, 'receiver_close');
  const second = invoke();
  await respond((await client.next(calls)).message.correlation_id);
  expect(await second).toMatchObject({ status: 207 });
});
