import { expect, test } from 'vitest';
import { refusal } from '../../support/hub/hub.ts';
import { message, newWorld, textOf } from '../../support/hub/messages.ts';

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d

test('a message waits until a request receives it, and is gone when it is completed', () => {
  const { inbox, send, texts, told } = newWorld();
  send('hello');
  const delivery = inbox.receive('d1');
  expect(delivery).toMatchObject({ number: 1, deliveryCount: 0, enqueuedAt: Date.parse('2026-01-01T00:00:00Z') });
  expect([inbox.receive('d1'), texts()]).toEqual([undefined, ['hello']]);
  inbox.complete('d1', delivery?.lock.token ?? '');
  expect(texts()).toEqual([]);
  expect(told()).toEqual(['c2d.enqueued', 'c2d.delivered', 'c2d.completed']);
});

test('messages are handed out in the order in which they were sent', () => {
  const { inbox, send } = newWorld();
  for (const text of ['a', 'b', 'c']) send(text);
  const received = [1, 2, 3].map(() => inbox.receive('d1'));
  expect(received.map((one) => one && [one.number, textOf(one.item)])).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ]);
});

test('an abandoned message is the next one again, and counts', () => {
  const { inbox, send } = newWorld();
  send('a');
  send('b');
  inbox.abandon('d1', inbox.receive('d1')?.lock.token ?? '');
  expect(inbox.receive('d1')).toMatchObject({ number: 1, deliveryCount: 1, isRedelivered: true });
});

test('a message that is abandoned ten times is dead-lettered', () => {
  const { inbox, send, texts, told } = newWorld();
  send('a');
  for (let i = 0; i < 10; i++) inbox.abandon('d1', inbox.receive('d1')?.lock.token ?? '');
  expect([texts(), told().at(-1)]).toEqual([[], 'c2d.dead-lettered']);
});

test('a rejected message is gone', () => {
  const { inbox, send, texts, told } = newWorld();
  send('a');
  inbox.reject('d1', inbox.receive('d1')?.lock.token ?? '');
  expect([texts(), told().at(-1)]).toEqual([[], 'c2d.rejected']);
});

test('a lock token is a UUID that settles once, and only for its own device', () => {
  const { hub, inbox, send } = newWorld();
  hub.registry.create({ deviceId: 'd2' }, {});
  send('a');
  const token = inbox.receive('d1')?.lock.token ?? '';
  expect(token).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(refusal(() => inbox.complete('d2', token))).toMatchObject({ code: 'DeviceMessageLockLost', status: 412 });
  inbox.complete('d1', token);
  for (const act of ['complete', 'reject', 'abandon'] as const)
    expect(refusal(() => inbox[act]('d1', token))).toMatchObject({ code: 'DeviceMessageLockLost' });
});

test('the fifty-first message is refused, those that are being delivered counted', () => {
  const { inbox, send } = newWorld();
  for (let i = 0; i < 50; i++) send(String(i));
  inbox.receive('d1');
  expect(refusal(() => send('too many'))).toEqual({
    code: 'DeviceMaximumQueueDepthExceeded',
    status: 403,
    message: 'Device Queue depth cannot exceed 50 messages',
  });
});

test('identity and twin tell how many messages wait', () => {
  const { hub, inbox, send } = newWorld();
  send('a');
  send('b');
  inbox.receive('d1');
  expect(hub.registry.get('d1').pendingMessages).toBe(2);
  inbox.purge('d1');
  expect(hub.registry.get('d1').pendingMessages).toBe(0);
});

test('the address of a message names a device or a module; ids may be encoded, the rest is in any case', () => {
  const { hub, inbox, texts } = newWorld();
  hub.registry.create({ deviceId: 'a%b#' }, {});
  inbox.send(message('1', { to: '/devices/d1/messages/deviceBound' }));
  inbox.send(message('2', { to: 'amqps://localhost/Devices/d1/modules/m1/messages/devicebound' }));
  inbox.send(message('3', { to: '/devices/a%25b%23/messages/devicebound' }));
  expect([texts('d1'), texts('d1/m1'), texts('a%b#')]).toEqual([['1'], ['2'], ['3']]);
});

test('a message without a valid address is refused', () => {
  const { inbox } = newWorld();
  for (const to of [undefined, '', '/devices//messages/devicebound', '/devices/d1/messages/events'])
    expect(refusal(() => inbox.send(message('x', to === undefined ? {} : { to })))).toMatchObject({
      code: 'ArgumentInvalid',
    });
  expect(refusal(() => inbox.send(message('x', { to: '/devices/d9/messages/devicebound' })))).toMatchObject({
    code: 'DeviceNotFound',
  });
});

test('a message of more than 64 KB is refused; properties count', () => {
  const { inbox, texts } = newWorld();
  const body = new Uint8Array(64 * 1024 - 40); // 30 bytes of `to`, 7 of a property remain
  const fits = { body, properties: { name: 'abc' }, system: { to: '/devices/d1/messages/devicebound' } };
  inbox.send(fits);
  expect(refusal(() => inbox.send({ ...fits, properties: { name: 'abcdef' } }))).toMatchObject({
    code: 'MessageTooLarge',
    status: 413,
  });
  expect(texts()).toHaveLength(1);
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-construct
test('names of properties have the letters of the documentation, values are printable ASCII', () => {
  const { inbox, texts } = newWorld();
  const of = (properties: Record<string, string>) => ({ ...message('x'), properties });
  for (const properties of [{ 'a b': '1' }, { 'a(b': '1' }, { ä: '1' }, { '': '1' }, { a: 'é' }, { a: 'line\n' }])
    expect(refusal(() => inbox.enqueue('d1', of(properties)))).toMatchObject({ code: 'ArgumentInvalid' });
  inbox.enqueue('d1', of({ "a-Z0!#$%&'*+.^_`|~": 'a string', empty: '' }));
  expect(texts()).toEqual(['x']);
});

test('messages are gone with their device, and another device of the same id does not get them', () => {
  const { hub, inbox, send, texts } = newWorld();
  send('a');
  inbox.enqueue('d1/m1', message('b'));
  hub.registry.delete({ deviceId: 'd1' }, '*');
  hub.registry.create({ deviceId: 'd1' }, {});
  expect([texts(), [...inbox.all()], hub.registry.get('d1').pendingMessages]).toEqual([[], [], 0]);
  expect(send('c').number).toBe(1);
});

test('a purge removes all messages and tells how many', () => {
  const { inbox, send, told } = newWorld();
  send('a');
  send('b');
  const token = inbox.receive('d1')?.lock.token ?? '';
  expect([inbox.purge('d1'), inbox.purge('d1')]).toEqual([2, 0]);
  expect(refusal(() => inbox.complete('d1', token))).toMatchObject({ code: 'DeviceMessageLockLost' });
  expect(told().filter((type) => type === 'c2d.purged')).toHaveLength(1);
});
