import { type Receiver, message as rheaMessage } from 'rhea';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { FaultEffect, FaultMatch } from '../../../protocol/fault.ts';
import type { AmqpClient } from '../../support/wire/amqp-client.ts';
import { type AmqpHub, openAmqpHub } from '../../support/wire/amqp-hub.ts';
import { identityToken } from '../../support/wire/authenticated-hub.ts';

const EVENTS = '/devices/d1/messages/events';
const TWIN = '/devices/d1/twin';
let world: AmqpHub;
let client: AmqpClient;
let answers: Receiver;
beforeAll(async () => {
  world = await openAmqpHub();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  world.hub.faults.clear();
  client = await world.device('d1');
  const receiver = await client.receiver(TWIN);
  if (typeof receiver === 'string') throw new Error(receiver);
  answers = receiver;
  world.events.length = 0;
  return () => client.vanish();
});

const fail = (operation: FaultMatch['operation'], effect: FaultEffect) =>
  world.hub.faults.add({ match: { operation, times: 1 }, effect });
const telemetry = () => world.events.filter(({ type }) => type === 'telemetry').length;
const get = (correlation_id: string) =>
  client.send(TWIN, {
    correlation_id,
    message_annotations: { operation: 'GET' },
    body: rheaMessage.data_section(Buffer.of()),
  });
const next = async () => {
  const { correlation_id, message_annotations } = (await client.next(answers)).message;
  return [correlation_id, message_annotations?.status];
};

test('an error is what telemetry is rejected with, and the hub does not get it', async () => {
  fail('telemetry', { type: 'error', code: 'ThrottlingException' });
  expect(await client.send(EVENTS, { body: 'x' })).toBe('com.microsoft:device-container-throttled');
  expect(telemetry()).toBe(0);
  expect(await client.send(EVENTS, { body: 'x' })).toBe('accepted');
});

test('telemetry that is duplicated arrives twice, and is accepted once', async () => {
  fail('telemetry', { type: 'duplicate' });
  expect(await client.send(EVENTS, { body: 'x' })).toBe('accepted');
  expect(telemetry()).toBe(2);
});

test('an error is what a twin request is answered', async () => {
  fail('twin.get', { type: 'error', code: 'ServiceUnavailable' });
  await get('1');
  expect(await next()).toEqual(['1', 503]);
});

test('an answer that is overtaken comes after the next one', async () => {
  fail('twin.get', { type: 'reorder' });
  void get('1');
  const second = get('2');
  expect([await next(), await next()]).toEqual([
    ['2', 200],
    ['1', 200],
  ]);
  await second;
});

test('an answer that is duplicated comes twice', async () => {
  fail('twin.get', { type: 'duplicate' });
  await get('1');
  expect([await next(), await next()]).toEqual([
    ['1', 200],
    ['1', 200],
  ]);
});

test('a connection is cut before telemetry is taken', async () => {
  fail('telemetry', { type: 'disconnect', when: 'before' });
  void client.send(EVENTS, { body: 'x' });
  expect(await client.ended()).toBeUndefined();
});

test('a connection that is mute stays open, and answers nothing', async () => {
  fail('telemetry', { type: 'blackHole' });
  const answered = vi.fn();
  void client.send(EVENTS, { body: 'x' }).then(answered);
  void get('1').then(answered);
  await vi.waitFor(() => expect(world.events.map(({ type }) => type)).toContain('fault.injected'));
  const other = await world.connect();
  await other.putToken('nonsense'); // a round trip of another client
  expect([answered.mock.calls.length, client.connection.is_open()]).toEqual([0, true]);
  other.vanish();
});

test('a device is refused when it sends its token, and admitted the next time', async () => {
  fail('connect', { type: 'error', code: 'IotHubQuotaExceeded' });
  const other = await world.connect();
  const token = identityToken(world.hub, 'd1');
  expect(await other.putToken(token)).toBe(403);
  expect(await other.putToken(token)).toBe(200);
  other.vanish();
});

test('a method that is refused is answered in place of the device', async () => {
  const calls = await client.receiver('/devices/d1/methods/devicebound');
  expect(typeof calls).toBe('object');
  fail('method', { type: 'error', code: 'GatewayTimeout' });
  await expect(world.hub.methods.invoke('d1', { methodName: 'wave' })).rejects.toMatchObject({
    code: 'GatewayTimeout',
  });
});
