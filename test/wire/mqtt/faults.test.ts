import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { FaultEffect, FaultMatch } from '../../../protocol/fault.ts';
import { type MqttHub, openMqttHub } from '../../support/wire/mqtt-hub.ts';
import { MqttPeer, until } from '../../support/wire/mqtt-peer.ts';

const GET = '$iothub/twin/GET/?$rid=';
const PATCH = '$iothub/twin/PATCH/properties/reported/?$rid=';
const EVENTS = 'devices/d1/messages/events/';

let world: MqttHub;
let peer: MqttPeer;
beforeAll(async () => {
  world = await openMqttHub({ sdkFaults: true });
});
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => void vi.useRealTimers());
beforeEach(async () => {
  world.hub.faults.clear();
  world.events.length = 0;
  peer = (await MqttPeer.connect(world.port, world.credentials('d1'))).peer;
  return () => peer.vanish();
});

const fail = (operation: FaultMatch['operation'], effect: FaultEffect, match: FaultMatch = {}) =>
  world.hub.faults.add({ match: { operation, times: 1, ...match }, effect });
const version = () => world.hub.fleet.get('d1').twin.reported.version;
const telemetry = () => world.events.filter(({ type }) => type === 'telemetry').length;
const dial = () => MqttPeer.dial(world.port);

test('an error is what the twin request is answered, and nothing is changed', async () => {
  const before = version();
  fail('twin.report', { type: 'error', code: 'ServiceUnavailable', message: 'Gone for lunch' });
  peer.publish(`${PATCH}1`, '{"n":1}', { qos: 1, messageId: 9 });
  expect(await peer.next()).toEqual({ cmd: 'puback', messageId: 9 });
  expect(await peer.next()).toMatchObject({
    topic: '$iothub/twin/res/503/?$rid=1',
    payload: expect.stringContaining('"message":"Gone for lunch"'),
  });
  expect(version()).toBe(before);
  expect(world.events.filter(({ type }) => type === 'fault.injected')).toMatchObject([
    { key: 'd1', operation: 'twin.report', effect: { type: 'error', code: 'ServiceUnavailable' } },
  ]);
});

test('a throttled twin request is answered 429', async () => {
  fail('twin.get', { type: 'throttle' });
  peer.publish(`${GET}1`);
  expect(await peer.next()).toMatchObject({ topic: '$iothub/twin/res/429/?$rid=1' });
  peer.publish(`${GET}2`);
  expect(await peer.next()).toMatchObject({ topic: '$iothub/twin/res/200/?$rid=2' });
});

test('a delayed request is answered after those that came later', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  fail('twin.get', { type: 'delay', ms: 30 });
  peer.stream.cork(); // both in one write
  peer.publish(`${GET}1`);
  peer.publish(`${GET}2`);
  peer.stream.uncork();
  expect(await peer.next()).toMatchObject({ topic: '$iothub/twin/res/200/?$rid=2' });
  vi.advanceTimersByTime(30);
  expect(await peer.next()).toMatchObject({ topic: '$iothub/twin/res/200/?$rid=1' });
});

test('a dropped request is done, and not answered', async () => {
  const before = version();
  fail('twin.report', { type: 'drop' });
  peer.publish(`${PATCH}1`, '{"n":1}', { qos: 1, messageId: 9 });
  expect(await peer.settle()).toEqual([]);
  expect(version()).toBe(before + 1);
});

test('an answer comes twice', async () => {
  fail('twin.get', { type: 'duplicate' });
  peer.publish(`${GET}1`);
  const topics = (await peer.settle()).map(({ topic }) => topic);
  expect(topics).toEqual(['$iothub/twin/res/200/?$rid=1', '$iothub/twin/res/200/?$rid=1']);
});

test('telemetry arrives twice and is acknowledged once', async () => {
  fail('telemetry', { type: 'duplicate' });
  peer.publish(EVENTS, 'x', { qos: 1, messageId: 9 });
  expect(await peer.settle()).toEqual([{ cmd: 'puback', messageId: 9 }]);
  expect(telemetry()).toBe(2);
});

test('an answer is overtaken by the next one', async () => {
  fail('twin.get', { type: 'reorder' });
  peer.publish(`${GET}1`);
  peer.publish(`${GET}2`);
  const topics = [await peer.next(), await peer.next()].map(({ topic }) => topic);
  expect(topics).toEqual(['$iothub/twin/res/200/?$rid=2', '$iothub/twin/res/200/?$rid=1']);
});

test('a connection ends before the acknowledgement, or after it', async () => {
  fail('telemetry', { type: 'disconnect', when: 'before' });
  peer.publish(EVENTS, 'x', { qos: 1, messageId: 9 });
  await expect(peer.next()).rejects.toThrow('the connection is closed');
  await using second = (await MqttPeer.connect(world.port, world.credentials('d1'))).peer;
  fail('telemetry', { type: 'disconnect', when: 'after' });
  second.publish(EVENTS, 'x', { qos: 1, messageId: 9 });
  expect(await second.next()).toEqual({ cmd: 'puback', messageId: 9 });
  await second.closed;
  expect(telemetry()).toBe(2);
});

test('telemetry that is refused ends the connection: MQTT has no other answer', async () => {
  fail('telemetry', { type: 'throttle' });
  peer.publish(EVENTS, 'x', { qos: 1, messageId: 9 });
  await expect(peer.next()).rejects.toThrow('the connection is closed');
  expect(telemetry()).toBe(0);
});

test('a black hole keeps the connection and answers nothing, not even pings', async () => {
  fail('telemetry', { type: 'blackHole' });
  peer.publish(EVENTS, 'x', { qos: 1, messageId: 9 });
  peer.send({ cmd: 'pingreq' });
  peer.publish(`${PATCH}1`, '{"n":1}');
  await using other = (await MqttPeer.connect(world.port, await deviceCredentials('d2'))).peer;
  await other.settle();
  expect([telemetry(), peer.stream.destroyed, world.hub.sessions.find('d1') === undefined]).toEqual([0, false, false]);
  world.hub.sessions.drop('d1', 'requested');
  await expect(peer.next()).rejects.toThrow('the connection is closed');
});

test('a desired change or a method does not reach the device, or twice', async () => {
  await peer.subscribe('$iothub/twin/PATCH/properties/desired/#');
  fail('twin.desired', { type: 'drop' });
  world.hub.twins.patch('d1', { properties: { desired: { a: 1 } } });
  world.hub.twins.patch('d1', { properties: { desired: { a: 2 } } });
  expect(await peer.settle()).toMatchObject([{ payload: '{"a":2,"$version":3}' }]);
  await peer.subscribe('$iothub/methods/POST/#');
  fail('method', { type: 'duplicate' }, { methodName: 're*' });
  for (const methodName of ['blink', 'reboot']) world.hub.methods.invoke('d1', { methodName }).catch(() => {});
  const topics = (await peer.settle()).map(({ topic }) => String(topic).split('/')[3]);
  expect(topics).toEqual(['blink', 'reboot', 'reboot']);
});

test('a method that is refused is answered in place of the device, which gets nothing', async () => {
  await peer.subscribe('$iothub/methods/POST/#');
  fail('method', { type: 'error', code: 'DeviceNotOnline', message: 'Asleep' });
  await expect(world.hub.methods.invoke('d1', { methodName: 'blink' })).rejects.toMatchObject({
    code: 'DeviceNotOnline',
    text: 'Asleep',
  });
  expect(await peer.settle()).toEqual([]);
});

test('what comes after the last acknowledgement before a cut is ignored', async () => {
  fail('telemetry', { type: 'disconnect', when: 'after' });
  peer.stream.cork(); // all in one write
  for (const messageId of [1, 2]) peer.publish(EVENTS, 'x', { qos: 1, messageId });
  peer.stream.uncork();
  expect(await peer.next()).toEqual({ cmd: 'puback', messageId: 1 });
  await peer.closed;
  expect(telemetry()).toBe(1);
});

test.each([
  [{ type: 'error', code: 'IotHubUnauthorizedAccess' }, 5],
  [{ type: 'error', code: 'ServiceUnavailable' }, 3],
  [{ type: 'throttle' }, 3],
  [{ type: 'refuseCertificate' }, 5],
] as const)('a CONNECT is refused: %j', async (effect, returnCode) => {
  fail('connect', effect);
  await using refused = await dial();
  expect(await refused.connect(world.credentials('d1'))).toEqual({ cmd: 'connack', returnCode, sessionPresent: false });
});

test('a CONNECT is answered late, never, or the connection ends around it', async () => {
  fail('connect', { type: 'delay', ms: 20 });
  await using late = await dial();
  expect(await late.connect(world.credentials('d1'))).toMatchObject({ returnCode: 0 });
  fail('connect', { type: 'disconnect', when: 'before' });
  await using cut = await dial();
  await expect(cut.connect(world.credentials('d1'))).rejects.toThrow('closed');
  fail('connect', { type: 'disconnect', when: 'after' });
  await using cutLater = await dial();
  expect(await cutLater.connect(world.credentials('d1'))).toMatchObject({ returnCode: 0 });
  await cutLater.closed;
  fail('connect', { type: 'blackHole' });
  await using silent = await dial();
  const answered = silent.connect(world.credentials('d1')).then(
    () => 'answered',
    () => 'closed',
  );
  await using next = (await MqttPeer.connect(world.port, world.credentials('d1'))).peer;
  await next.settle();
  expect(await Promise.race([answered, Promise.resolve('silence')])).toBe('silence');
});

test('a SUBSCRIBE is refused, granted without a SUBACK, or cut off', async () => {
  fail('subscribe', { type: 'error', code: 'ServerError' });
  expect(await peer.subscribe('$iothub/methods/POST/#')).toMatchObject({ granted: [128] });
  fail('subscribe', { type: 'drop' });
  peer.send({ cmd: 'subscribe', messageId: 8, subscriptions: [{ topic: '$iothub/methods/POST/#', qos: 0 }] });
  expect(await peer.settle()).toEqual([]);
  expect(Object.keys(world.hub.sessions.listening('d1').capabilities)).toEqual(['methods']);
  fail('subscribe', { type: 'disconnect', when: 'after' });
  expect(await peer.subscribe('$iothub/twin/res/#')).toMatchObject({ granted: [0] });
  await peer.closed;
});

const sdkFault = (type: string, duration: number) =>
  `${EVENTS}AzIoTHub_FaultOperationType=${type}&AzIoTHub_FaultOperationCloseReason=boom&AzIoTHub_FaultOperationDelayInSecs=1&AzIoTHub_FaultOperationDurationInSecs=${duration}`;

// https://github.com/Azure/azure-iot-sdk-csharp/blob/main/e2e/test/helpers/templates/FaultInjection.cs
test.each(['KillTcp', 'ShutDownMqtt'])(
  'the SDKs’ own message %s ends the connection, and the device is not admitted for a while',
  async (type) => {
    peer.publish(sdkFault(type, 10), type, { qos: 1, messageId: 9 });
    expect(await peer.settle()).toEqual([]);
    world.clock.advance(1000);
    await peer.closed;
    expect(world.hub.faults.list()).toMatchObject([{ id: `sdk-${type}-d1` }]);
    expect(world.events.filter((event) => event.type === 'fault.injected')).toMatchObject([{ rule: `sdk-${type}-d1` }]);
    expect(world.log.at(-1)).toMatchObject({ device: 'd1', fault: type, reason: 'boom' });
    await using refused = await dial();
    await expect(refused.connect(world.credentials('d1'))).rejects.toThrow('closed');
    world.clock.advance(10_000);
    await using back = (await MqttPeer.connect(world.port, world.credentials('d1'))).peer;
    back.publish(sdkFault(type, 10), type, { qos: 1, messageId: 9 }); // sent again, since it was not acknowledged
    expect(await back.settle()).toEqual([{ cmd: 'puback', messageId: 9 }]);
    expect(telemetry()).toBe(1);
  },
);

test('without sdkFaults such a message is telemetry, and the log has the cause', async () => {
  await using plain = await openMqttHub();
  await using device = (await MqttPeer.connect(plain.port, plain.credentials('d1'))).peer;
  device.publish(sdkFault('KillTcp', 10), '', { qos: 1, messageId: 9 });
  expect(await device.settle()).toEqual([{ cmd: 'puback', messageId: 9 }]);
  expect(plain.events.filter(({ type }) => type === 'telemetry')).toHaveLength(1);
  await until(() => plain.log.length > 0);
  expect(plain.log).toMatchObject([{ device: 'd1', cause: 'sdkFaults is off', remedy: 'start with --sdk-faults on' }]);
});

const deviceCredentials = async (deviceId: string) => {
  if (world.hub.fleet.find(deviceId) === undefined) world.hub.registry.create({ deviceId }, {});
  return world.credentials(deviceId);
};
