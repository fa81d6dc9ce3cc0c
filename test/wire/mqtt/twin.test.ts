import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type MqttHub, openMqttHub } from '../../support/wire/mqtt-hub.ts';
import { MqttPeer } from '../../support/wire/mqtt-peer.ts';

const PATCH = '$iothub/twin/PATCH/properties/reported/?$rid=';
let world: MqttHub;
let peer: MqttPeer;
beforeAll(async () => {
  world = await openMqttHub();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  world.log.length = 0;
  peer = (await MqttPeer.connect(world.port, world.credentials('d1'))).peer;
  return () => peer.vanish();
});

const response = (topic: string, payload: string) => ({ cmd: 'publish', topic, payload, qos: 0 });
const refusal = (status: number, rid: string, errorCode: number) => ({
  topic: `$iothub/twin/res/${status}/?$rid=${rid}`,
  body: {
    errorCode,
    trackingId: expect.stringMatching(/^[0-9A-F]{32}-G2:-TimeStamp:2026-11-23T12:00:00Z$/),
    message: expect.any(String),
    timestampUtc: '2026-11-23T12:00:00Z',
  },
});
const nextRefusal = async () => {
  const { topic, payload } = await peer.next();
  return { topic, body: JSON.parse(String(payload)) };
};

test('a twin is read, subscribed or not, and the request id comes back as it was', async () => {
  const read = world.hub.twins.read('d1');
  for (const rid of ['1', 'a%20b/c?d=e', 'b0a1-…']) {
    peer.publish(`$iothub/twin/GET/?$rid=${rid}`, ' ');
    expect(await peer.next()).toEqual(response(`$iothub/twin/res/200/?$rid=${rid}`, JSON.stringify(read)));
  }
});

test('reported properties are merged and answered with the new version', async () => {
  const { reported } = world.hub.fleet.get('d1').twin;
  const version = reported.version + 1;
  peer.publish(`${PATCH}7`, '{"connectivity":{"type":"cellular"}}');
  expect(await peer.next()).toEqual(response(`$iothub/twin/res/204/?$rid=7&$version=${version}`, ''));
  expect(world.hub.fleet.get('d1').twin.reported.values).toMatchObject({ connectivity: { type: 'cellular' } });
  peer.publish(`${PATCH}8&$version=${version}`, '{"n":1}');
  expect(await peer.next()).toEqual(response(`$iothub/twin/res/204/?$rid=8&$version=${version + 1}`, ''));
  peer.publish(`${PATCH}9&$version=${version}`, '{"n":2}');
  expect(await nextRefusal()).toEqual(refusal(412, '9', 412001));
});

test('with QoS 1 the request is acknowledged, and the answer has the QoS of the subscription', async () => {
  peer.publish('$iothub/twin/GET/?$rid=1', '', { qos: 1, messageId: 11 });
  expect(await peer.next()).toEqual({ cmd: 'puback', messageId: 11 });
  expect(await peer.next()).toMatchObject({ qos: 0 });
  await peer.subscribe('$iothub/twin/res/#', 1);
  peer.publish('$iothub/twin/GET/?$rid=2', '', { qos: 1, messageId: 12 });
  expect(await peer.next()).toEqual({ cmd: 'puback', messageId: 12 });
  const answer = await peer.next();
  expect(answer).toMatchObject({ cmd: 'publish', qos: 1, messageId: 1 });
  peer.send({ cmd: 'puback', messageId: 1 });
  peer.send({ cmd: 'puback', messageId: 999 });
  expect(await peer.settle()).toEqual([]);
});

test.each<[string, string, number, number]>([
  ['no body', '', 400, 400006],
  ['half a body', '{"a":', 400, 400006],
  ['a body that is not an object', '[1]', 400, 400004],
  ['a key with a dollar sign', '{"$a":1}', 400, 400004],
  ['eleven levels below the root', `${'{"a":'.repeat(12)}1${'}'.repeat(12)}`, 400, 400004],
  ['twenty thousand levels', `${'{"a":'.repeat(20000)}1${'}'.repeat(20000)}`, 400, 400004],
  [
    'a section of more than 32 KB',
    JSON.stringify(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`k${i}`, 'x'.repeat(4000)]))),
    403,
    403100,
  ],
])('%s is refused, and nothing changes', async (_what, body, status, errorCode) => {
  const before = world.hub.fleet.get('d1').twin;
  peer.publish(`${PATCH}5`, body);
  expect(await nextRefusal()).toEqual(refusal(status, '5', errorCode));
  expect(world.hub.fleet.get('d1').twin).toBe(before);
  expect(await peer.settle()).toEqual([]);
});

test('a body that is not valid UTF-8 is refused', async () => {
  peer.publish(`${PATCH}5`, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]));
  expect(await nextRefusal()).toEqual(refusal(400, '5', 400006));
});

test('a version that is not a number is refused', async () => {
  peer.publish(`${PATCH}5&$version=new`, '{"a":1}');
  expect(await nextRefusal()).toEqual(refusal(400, '5', 400004));
});

test('without a request id the patch is done and not answered', async () => {
  peer.publish('$iothub/twin/PATCH/properties/reported/', '{"silent":true}');
  expect(await peer.settle()).toEqual([]);
  expect(world.hub.fleet.get('d1').twin.reported.values).toMatchObject({ silent: true });
});

test('desired changes are pushed to subscribers only', async () => {
  world.hub.twins.patch('d1', { properties: { desired: { early: 1 } } });
  expect(await peer.settle()).toEqual([]);
  await peer.subscribe('$iothub/twin/PATCH/properties/desired/#');
  const { version } = world.hub.twins.patch('d1', { properties: { desired: { rate: 5 } } }).twin.desired;
  expect(await peer.next()).toEqual(
    response(`$iothub/twin/PATCH/properties/desired/?$version=${version}`, `{"rate":5,"$version":${version}}`),
  );
  peer.send({ cmd: 'unsubscribe', messageId: 8, unsubscriptions: ['$iothub/twin/PATCH/properties/desired/#'] });
  expect(await peer.next()).toEqual({ cmd: 'unsuback', messageId: 8 });
  world.hub.twins.patch('d1', { properties: { desired: { rate: 6 } } });
  expect(await peer.settle()).toEqual([]);
});

test('a bug is answered with 500, without its text', async () => {
  const broken = vi.spyOn(world.hub.twins, 'read').mockImplementation(() => {
    throw new TypeError('secret of the house');
  });
  peer.publish('$iothub/twin/GET/?$rid=1');
  expect(await nextRefusal()).toEqual(refusal(500, '1', 500001));
  broken.mockRestore();
  expect(world.log).toEqual([{ text: 'A request failed', cause: 'TypeError: secret of the house' }]);
  expect(await peer.settle()).toEqual([]);
});
