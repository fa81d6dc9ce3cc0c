import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '../../../emulator/kernel/clock.ts';
import { message } from '../../support/hub/messages.ts';
import { type MqttHub, openMqttHub } from '../../support/wire/mqtt-hub.ts';
import { MqttPeer, until } from '../../support/wire/mqtt-peer.ts';

// https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#receive-cloud-to-device-messages

let world: MqttHub;
beforeAll(async () => {
  world = await openMqttHub();
  world.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  world.hub.sessions.forget('d1', 'requested');
  world.hub.inbox.purge('d1');
  world.log.length = 0;
  world.events.length = 0;
});

const FILTER = 'devices/d1/messages/devicebound/#';
const connect = async (clean = false) =>
  (await MqttPeer.connect(world.port, { ...world.credentials('d1'), clean })).peer;
const send = (text: string, system = {}, properties = {}) =>
  world.hub.inbox.enqueue('d1', { ...message(text, system), properties });
const turnClock = (ms: number): void => {
  const { clock } = world.hub;
  if (!(clock instanceof VirtualClock)) expect.unreachable();
  clock.advance(ms);
};
const waiting = () => world.hub.inbox.list('d1').length;
const told = () => world.events.map(({ type }) => type).filter((type) => type.startsWith('c2d.'));

test('a message arrives in the bytes that SDKs read, and its PUBACK completes it', async () => {
  await using peer = await connect();
  await peer.subscribe(FILTER, 1);
  send('hello', { messageId: 'm 1', contentType: 'application/json', ack: 'full' }, { 'key#1': 'a/b c&d=e' });
  const publish = await peer.next();
  expect(publish).toEqual({
    cmd: 'publish',
    topic:
      'devices/d1/messages/devicebound/%24.mid=m%201&%24.to=%2Fdevices%2Fd1%2Fmessages%2Fdevicebound' +
      '&%24.ct=application%2Fjson&iothub-ack=full&key%231=a%2Fb%20c%26d%3De',
    payload: 'hello',
    qos: 1,
    messageId: expect.any(Number),
  });
  expect(waiting()).toBe(1);
  peer.acknowledge(publish);
  await peer.settle();
  expect([waiting(), told()]).toEqual([0, ['c2d.enqueued', 'c2d.delivered', 'c2d.completed']]);
});

test('messages that wait arrive in their order after the SUBACK', async () => {
  for (const text of ['a', 'b', 'c']) send(text);
  await using peer = await connect();
  expect(await peer.subscribe(FILTER, 1)).toMatchObject({ cmd: 'suback', granted: [1] });
  const received = await peer.settle();
  expect(received.map(({ payload }) => payload)).toEqual(['a', 'b', 'c']);
});

test('with QoS 0 a message is complete once it is sent', async () => {
  await using peer = await connect();
  await peer.subscribe(FILTER, 0);
  send('a');
  expect(await peer.next()).toMatchObject({ payload: 'a', qos: 0 });
  expect(waiting()).toBe(0);
});

test('what was not acknowledged comes again after a reconnect, with DUP and without a new SUBSCRIBE', async () => {
  const first = await connect();
  await first.subscribe(FILTER, 1);
  send('a');
  send('b');
  const [a] = await first.settle();
  first.acknowledge(a ?? expect.unreachable());
  await first.settle();
  await first.vanish();
  await until(() => world.hub.sessions.find('d1') === undefined);
  send('c');
  await using second = await connect();
  const received = await second.settle();
  expect(received.map(({ payload, dup }) => [payload, dup])).toEqual([
    ['b', true],
    ['c', undefined],
  ]);
});

test('a clean session gets nothing until it subscribes', async () => {
  const first = await connect();
  await first.subscribe(FILTER, 1);
  await first.vanish();
  await until(() => world.hub.sessions.find('d1') === undefined);
  send('a');
  await using second = await connect(true);
  expect(await second.settle()).toEqual([]);
  expect(waiting()).toBe(1);
});

test('after UNSUBSCRIBE messages wait', async () => {
  await using peer = await connect();
  await peer.subscribe(FILTER, 1);
  peer.send({ cmd: 'unsubscribe', messageId: 8, unsubscriptions: [FILTER] });
  await peer.next();
  send('a');
  expect([await peer.settle(), waiting()]).toEqual([[], 1]);
});

test('a message that is not acknowledged for 60 s comes again; the late PUBACK is logged, and completes nothing', async () => {
  await using peer = await connect();
  await peer.subscribe(FILTER, 1);
  send('a');
  const [first] = await peer.settle();
  turnClock(60_000);
  const [second] = await peer.settle();
  expect(second).toMatchObject({ payload: 'a', dup: true });
  peer.acknowledge(first ?? expect.unreachable());
  await peer.settle();
  expect([waiting(), world.log]).toMatchObject([1, [{ text: 'A message was acknowledged too late', device: 'd1' }]]);
  peer.acknowledge(second ?? expect.unreachable());
  await peer.settle();
  expect(waiting()).toBe(0);
});

test('a message whose properties do not fit into a topic is rejected in place of the device', async () => {
  await using peer = await connect();
  await peer.subscribe(FILTER, 1);
  send('a', {}, { long: '%'.repeat(30_000) });
  send('b');
  expect(await peer.settle()).toMatchObject([{ payload: 'b' }]);
  expect([told()[2], world.log[0]?.text]).toEqual(['c2d.rejected', 'Rejected a message in place of the device']);
});

test('fifty large messages that wait arrive after a reconnect', async () => {
  const first = await connect();
  await first.subscribe(FILTER, 1);
  await first.vanish();
  await until(() => world.hub.sessions.find('d1') === undefined);
  for (let i = 0; i < 50; i++) send('x'.repeat(44_000), {}, { long: '%'.repeat(20_000) });
  await using second = await connect();
  for (let i = 0; i < 50; i++) expect(await second.next()).toMatchObject({ cmd: 'publish', qos: 1 });
});

test('a module receives messages of its own', async () => {
  await using peer = (await MqttPeer.connect(world.port, world.credentials('d1', 'm1'))).peer;
  expect(await peer.subscribe('devices/d1/modules/m1/messages/devicebound/#', 1)).toMatchObject({ granted: [1] });
  world.hub.inbox.enqueue('d1/m1', message('a'));
  expect(await peer.next()).toMatchObject({
    topic: 'devices/d1/modules/m1/messages/devicebound/%24.to=%2Fdevices%2Fd1%2Fmodules%2Fm1%2Fmessages%2Fdevicebound',
  });
});

test('a message to a module input arrives under the name of the input', async () => {
  await using peer = (await MqttPeer.connect(world.port, world.credentials('d1', 'm1'))).peer;
  await peer.subscribe('devices/d1/modules/m1/inputs/#', 1);
  world.hub.inputs.send('d1/m1', 'in 1', { ...message('x'), properties: { a: 'b' } });
  expect(await peer.next()).toMatchObject({ topic: 'devices/d1/modules/m1/inputs/in 1/a=b', payload: 'x', qos: 1 });
});

test('the inputs of another module are refused', async () => {
  await using peer = (await MqttPeer.connect(world.port, world.credentials('d1', 'm1'))).peer;
  expect(await peer.subscribe('devices/d1/modules/m2/inputs/#', 1)).toMatchObject({ granted: [0x80] });
});

test('a message that a fault drops comes again after 60 s, one that it duplicates comes twice', async () => {
  await using peer = await connect();
  await peer.subscribe(FILTER, 1);
  const { faults } = world.hub;
  faults.add({ match: { operation: 'c2d.receive', times: 1 }, effect: { type: 'drop' } });
  send('a');
  expect([await peer.settle(), waiting()]).toEqual([[], 1]);
  turnClock(60_000);
  expect(await peer.settle()).toMatchObject([{ payload: 'a', dup: true }]);
  faults.add({ match: { operation: 'c2d.receive', times: 1 }, effect: { type: 'duplicate' } });
  send('b');
  expect(await peer.settle()).toMatchObject([{ payload: 'b' }, { payload: 'b' }]);
  faults.clear();
});
