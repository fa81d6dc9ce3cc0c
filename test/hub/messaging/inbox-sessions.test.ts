import { expect, test } from 'vitest';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { MINUTE, newWorld } from '../../support/hub/messages.ts';

test('a device that listens gets what waits, then what comes', () => {
  const { connect, send } = newWorld();
  send('a');
  send('b');
  const device = connect();
  send('c');
  expect(device.texts()).toEqual(['a', 'b', 'c']);
  expect(device.received()[0]).toMatchObject({
    sequenceNumber: 1,
    deliveryCount: 0,
    isRedelivered: false,
    message: { system: { to: '/devices/d1/messages/devicebound', enqueuedTime: '2026-01-01T00:00:00Z' } },
  });
});

test('a device gets as many messages as it has credit for', () => {
  const { inbox, connect, send } = newWorld();
  const allowed = { credit: 1, used: () => 0 };
  const device = connect('d1', () => allowed.credit - allowed.used());
  allowed.used = () => device.received().length;
  for (const text of ['a', 'b', 'c']) send(text);
  expect(device.texts()).toEqual(['a']);
  allowed.credit = 3;
  inbox.pull(device.session);
  expect(device.texts()).toEqual(['a', 'b', 'c']);
});

test('a device settles by the token of the delivery, in any order', () => {
  const { inbox, connect, send, texts, told } = newWorld();
  const device = connect();
  for (const text of ['a', 'b', 'c']) send(text);
  const [a, b, c] = device.received().map(({ lockToken }) => lockToken);
  inbox.complete('d1', c ?? '');
  inbox.reject('d1', b ?? '');
  inbox.abandon('d1', a ?? '');
  expect(device.texts()).toEqual(['a', 'b', 'c', 'a']);
  expect(device.received().at(-1)).toMatchObject({ deliveryCount: 1, isRedelivered: true });
  expect(texts()).toEqual(['a']);
  expect(told().slice(-4)).toEqual(['c2d.completed', 'c2d.rejected', 'c2d.abandoned', 'c2d.delivered']);
});

test('what a connection has not settled returns to the queue when it ends, which does not count', () => {
  const { hub, connect, send, inbox } = newWorld();
  const device = connect();
  send('a');
  hub.sessions.close(device.session, 'lost');
  expect(inbox.list('d1')).toMatchObject([{ lock: undefined, deliveryCount: 0, isRedelivered: true }]);
  expect(connect().received()).toMatchObject([{ sequenceNumber: 1, deliveryCount: 0, isRedelivered: true }]);
});

test('a new connection of the device takes over from the older one', () => {
  const { connect, send } = newWorld();
  connect();
  send('a');
  const newer = connect();
  send('b');
  expect(newer.texts()).toEqual(['a', 'b']);
});

test('a message whose lock ends is delivered again on the same connection', () => {
  const { clock, connect, send } = newWorld();
  const device = connect();
  send('a');
  clock.advance(MINUTE);
  expect(device.received()).toMatchObject([
    { sequenceNumber: 1, isRedelivered: false },
    { sequenceNumber: 1, isRedelivered: true, deliveryCount: 0 },
  ]);
});

test('a message that could not be delivered is released without counting', () => {
  const { inbox, send } = newWorld();
  send('a');
  const token = inbox.receive('d1')?.lock.token ?? '';
  inbox.release('d1', token);
  inbox.release('d1', token);
  expect(inbox.receive('d1')).toMatchObject({ deliveryCount: 0 });
});

test('a module has messages of its own', () => {
  const { inbox, connect, send } = newWorld();
  const module = connect('d1/m1');
  send('to the device');
  inbox.enqueue('d1/m1', { body: new Uint8Array(), properties: {}, system: {} });
  expect(module.received()).toMatchObject([
    { message: { system: { to: '/devices/d1/modules/m1/messages/devicebound' } } },
  ]);
});

test('a restore delivers the messages of the snapshot to the connections that are there', () => {
  const { hub, inbox, connect, send } = newWorld();
  const device = connect();
  send('a');
  const snapshot = takeSnapshot(hub);
  inbox.complete('d1', device.received()[0]?.lockToken ?? '');
  restoreSnapshot(hub, snapshot);
  expect(device.texts()).toEqual(['a', 'a']);
  inbox.complete('d1', device.received()[1]?.lockToken ?? '');
  expect(inbox.list('d1')).toEqual([]);
});
