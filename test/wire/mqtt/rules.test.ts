import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MqttHub, openMqttHub } from '../../support/wire/mqtt-hub.ts';
import { MqttPeer, until } from '../../support/wire/mqtt-peer.ts';

let world: MqttHub;
let peer: MqttPeer;
beforeAll(async () => {
  world = await openMqttHub();
  world.hub.registry.create({ deviceId: 'd2' }, {});
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  peer = (await MqttPeer.connect(world.port, world.credentials('d1'))).peer;
  world.log.length = 0;
  world.events.length = 0;
  return () => peer.vanish();
});
const received = () => world.events.flatMap((event) => (event.type === 'telemetry' ? [event.message] : []));

test.each<[string, string]>([
  ['another device’s telemetry', 'devices/d2/messages/events/'],
  ['an unknown topic', 'hello/world'],
  ['a twin topic of another shape', '$iothub/twin/PUT/?$rid=1'],
  ['its own inbox', 'devices/d1/messages/devicebound/x'],
  ['a system topic', '$SYS/x'],
])('a PUBLISH to %s closes the connection without an acknowledgement', async (_what, topic) => {
  peer.publish(topic, 'x', { qos: 1, messageId: 3 });
  await expect(peer.next()).rejects.toThrow('closed');
  expect(world.log).toEqual([
    {
      text: 'Closed a connection',
      device: 'd1',
      subject: topic,
      cause: 'a PUBLISH to a topic that is not its own',
      remedy: 'for the topics of a device see https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub',
    },
  ]);
});

test('QoS 2 closes the connection', async () => {
  peer.publish('devices/d1/messages/events/', 'x', { qos: 2, messageId: 3 });
  await expect(peer.next()).rejects.toThrow('closed');
  expect(world.log).toMatchObject([{ device: 'd1', cause: 'a PUBLISH with QoS 2, which the hub does not serve' }]);
});

test('a message of 256 KB arrives, one byte more closes the connection', async () => {
  peer.publish('devices/d1/messages/events/', Buffer.alloc(262_143), { qos: 1, messageId: 1 });
  expect(await peer.next()).toEqual({ cmd: 'puback', messageId: 1 });
  peer.publish('devices/d1/messages/events/', Buffer.alloc(262_144), { qos: 1, messageId: 2 });
  expect(await peer.next()).toEqual({ cmd: 'puback', messageId: 2 });
  expect(received().map(({ body }) => body.length)).toEqual([262_143, 262_144]);
  peer.publish('devices/d1/messages/events/', Buffer.alloc(262_145), { qos: 1, messageId: 3 });
  await expect(peer.next()).rejects.toThrow('closed');
});

test('telemetry with a dirty bag becomes an event before it is acknowledged', async () => {
  peer.publish('devices/d1/messages/events/a b=x&y&%24.mid=mid 1&$.ct=application/json&q=%zz/', '{"t":1}', {
    qos: 1,
    messageId: 4,
  });
  expect(await peer.next()).toEqual({ cmd: 'puback', messageId: 4 });
  const [message = expect.unreachable()] = received();
  expect(message.properties).toEqual({ 'a b': 'x', y: '', q: '%zz' });
  expect(message.system).toMatchObject({
    messageId: 'mid 1',
    contentType: 'application/json',
    connectionDeviceId: 'd1',
  });
  expect(String(message.body)).toBe('{"t":1}');
});

test('a retained message is marked and not retained', async () => {
  peer.publish('devices/d1/messages/events/', 'x', { retain: true });
  await peer.settle();
  expect(received().map(({ properties }) => properties)).toEqual([{ 'mqtt-retain': 'true' }]);
});

test('an unexpected method response is accepted', async () => {
  peer.publish('$iothub/methods/res/200/?$rid=1', '{}', { qos: 1, messageId: 5 });
  expect(await peer.settle()).toEqual([{ cmd: 'puback', messageId: 5 }]);
});

test('filters that the hub does not serve are refused one by one, QoS 2 is granted as 1', async () => {
  const asked = [
    ['devices/d1/messages/devicebound/#', 2],
    ['$iothub/twin/res/#', 0],
    ['$iothub/methods/POST/#', 1],
    ['#', 1],
    ['devices/d2/messages/devicebound/#', 0],
    ['$SYS/#', 0],
  ] as const;
  peer.send({ cmd: 'subscribe', messageId: 9, subscriptions: asked.map(([topic, qos]) => ({ topic, qos })) });
  expect(await peer.next()).toEqual({ cmd: 'suback', messageId: 9, granted: [1, 0, 1, 0x80, 0x80, 0x80] });
  expect(world.hub.sessions.listening('d1')).toEqual({
    capabilities: { c2d: 1, methods: 1 },
    notes: { twinResponses: 0 },
  });
});

test('nothing is relayed: not to others, not to oneself', async () => {
  const { peer: other } = await MqttPeer.connect(world.port, world.credentials('d2'));
  for (const side of [peer, other]) {
    for (const filter of ['$iothub/twin/PATCH/properties/desired/#', '$iothub/twin/res/#', '$iothub/methods/POST/#'])
      await side.subscribe(filter, 1);
  }
  peer.publish('devices/d1/messages/events/', 'x');
  peer.publish('$iothub/methods/res/200/?$rid=1', 'x');
  peer.publish('$iothub/twin/PATCH/properties/reported/', '{"a":1}');
  expect(await peer.settle()).toEqual([]);
  expect(await other.settle()).toEqual([]);
  await other.vanish();
});

test('a module that subscribes to all of its own topics does not get its own messages', async () => {
  world.hub.registry.create({ deviceId: 'd2', moduleId: 'm1' }, {});
  const { peer: module } = await MqttPeer.connect(world.port, world.credentials('d2', 'm1'));
  expect(await module.subscribe('devices/d2/modules/m1/#', 1)).toMatchObject({ granted: [1] });
  module.publish('devices/d2/modules/m1/messages/events/', 'x', { retain: true });
  module.publish('devices/d2/modules/m1/messages/events/', 'x', { qos: 1, messageId: 1 });
  expect(await module.settle()).toEqual([{ cmd: 'puback', messageId: 1 }]);
  await module.subscribe('devices/d2/modules/m1/#', 0);
  expect(await module.settle()).toEqual([]);
  expect(received().length).toBe(2);
  await module.vanish();
});

test('packets of one read are handled in order', async () => {
  for (let i = 1; i <= 50; i += 1) {
    if (i % 2)
      peer.publish(`$iothub/twin/PATCH/properties/reported/?$rid=${i}`, `{"i":${i}}`, { qos: 1, messageId: i });
    else peer.publish(`$iothub/twin/GET/?$rid=${i}`);
  }
  const answers = (await peer.settle()).filter(({ cmd }) => cmd === 'publish').map(({ topic }) => String(topic));
  expect(answers.map((topic) => Number(/rid=(\d+)/.exec(topic)?.[1]))).toEqual(
    Array.from({ length: 50 }, (_, i) => i + 1),
  );
});

test('packets cut anywhere are understood', async () => {
  const { peer: slow } = await MqttPeer.connect(world.port, world.credentials('d2'));
  const packet = Buffer.concat([
    Buffer.from([0x30, 0x1a, 0x00, 0x16]),
    Buffer.from('$iothub/twin/GET/?$rid'),
    Buffer.from('=1'),
  ]);
  packet[1] = packet.length - 2;
  packet[3] = packet.length - 4;
  for (const byte of packet) {
    slow.raw(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
  expect(await slow.next()).toMatchObject({ topic: '$iothub/twin/res/200/?$rid=1' });
  await slow.vanish();
});

test('a reader that does not read is dropped before 8 MB wait for it', async () => {
  world.hub.twins.patch('d1', { properties: { desired: { blob: 'x'.repeat(4000) } } });
  peer.stream.pause();
  for (let i = 0; i < 4000 && !peer.stream.destroyed; i += 1) {
    for (let j = 0; j < 20; j += 1) peer.publish('$iothub/twin/GET/?$rid=1');
    await new Promise(setImmediate);
    if (world.hub.sessions.find('d1') === undefined) break;
  }
  await until(() => world.hub.sessions.find('d1') === undefined);
});

// [MQTT-4.7.1-2], [MQTT-4.7.1-3]: http://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html#_Toc398718107
test.each(['ab/+e', 'a+', '+a/b', 'a/#/b', 'a#', '#/a', '##', '++'])(
  'a filter in which a wildcard is not a whole level, %s, closes the connection',
  async (filter) => {
    await expect(peer.subscribe(filter)).rejects.toThrow('closed');
    expect(world.log).toMatchObject([{ device: 'd1', cause: 'an invalid topic filter' }]);
  },
);

test.each(['+', '#', '+/+', 'a/+/b', 'a/#', '/+', '+/'])('the filter %s is answered', async (filter) => {
  expect(await peer.subscribe(filter)).toMatchObject({ cmd: 'suback' });
});
