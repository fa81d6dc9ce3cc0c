import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MqttHub, openMqttHub } from '../../support/wire/mqtt-hub.ts';
import { MqttPeer } from '../../support/wire/mqtt-peer.ts';

let world: MqttHub;
let peer: MqttPeer;
beforeAll(async () => {
  world = await openMqttHub();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  peer = (await MqttPeer.connect(world.port, world.credentials('d1'))).peer;
  return () => peer.vanish();
});

const subscribe = async (...filters: readonly string[]) => {
  peer.send({ cmd: 'subscribe', messageId: 9, subscriptions: filters.map((topic) => ({ topic, qos: 0 })) });
  return (await peer.next()).granted;
};
const unsubscribe = async (filter: string) => {
  peer.send({ cmd: 'unsubscribe', messageId: 8, unsubscriptions: [filter] });
  return (await peer.next()).cmd;
};
const report = (rid: string) => peer.publish(`$iothub/twin/PATCH/properties/reported/?$rid=${rid}`, '{"a":1}');
const get = (rid: string) => peer.publish(`$iothub/twin/GET/?$rid=${rid}`);
/** The topics of everything that the peer receives. */
const topics = async () => (await peer.settle()).map(({ topic }) => String(topic).replace(/version=\d+$/, 'version=n'));
const call = () => world.hub.methods.invoke('d1', { methodName: 'blink', responseTimeoutInSeconds: 5 });
const change = () => world.hub.twins.patch('d1', { properties: { desired: { on: true } } });
const DESIRED = '$iothub/twin/PATCH/properties/desired/?$version=n';

// https://github.com/adafruit/Adafruit_CircuitPython_AzureIoT, adafruit_azureiot/iot_mqtt.py
test('$iothub/methods/# brings methods, and $iothub/twin/res/200/# the twin', async () => {
  const filters = ['devices/d1/messages/events/#', 'devices/d1/messages/devicebound/#', '$iothub/methods/#'];
  expect(await subscribe(...filters.slice(1), '$iothub/twin/res/200/#')).toEqual([0, 0, 0]);
  const answer = call();
  expect(await peer.next()).toMatchObject({ topic: '$iothub/methods/POST/blink/?$rid=1', payload: 'null' });
  peer.publish('$iothub/methods/res/200/?$rid=1', '{}');
  expect(await answer).toMatchObject({ status: 200 });
  get('2');
  report('3'); // its answer is 204
  expect(await topics()).toEqual(['$iothub/twin/res/200/?$rid=2']);
});

// https://github.com/nanoframework/nanoFramework.Azure.Devices, DeviceClient.cs
test('$iothub/twin/# brings answers and desired changes, each once', async () => {
  expect(await subscribe('$iothub/twin/#', '$iothub/methods/POST/#', '$iothub/twin/res/#')).toEqual([0, 0, 0]);
  report('1');
  expect(await topics()).toEqual(['$iothub/twin/res/204/?$rid=1&$version=n']);
  change();
  expect(await topics()).toEqual([DESIRED]);
});

// https://github.com/espressif/esp-azure
test('$iothub/twin/PATCH/# brings desired changes and no answers', async () => {
  expect(await subscribe('$iothub/twin/PATCH/#')).toEqual([0]);
  change();
  expect(await topics()).toEqual([DESIRED]);
});

test('without one of two filters the other one still brings what it matches', async () => {
  await subscribe('$iothub/methods/#', '$iothub/methods/POST/#');
  expect(await unsubscribe('$iothub/methods/#')).toBe('unsuback');
  void call().catch(() => {});
  expect((await topics()).length).toBe(1);
  expect(await unsubscribe('$iothub/methods/POST/#')).toBe('unsuback');
  await expect(call()).rejects.toMatchObject({ code: 'DeviceNotOnline' });
});

// MQTT 3.1.1 §3.3.5: the highest QoS of the filters that match
test('a message has the highest quality of service of the filters that match it', async () => {
  await subscribe('$iothub/twin/#');
  await peer.subscribe('$iothub/twin/PATCH/+/desired/#', 1);
  change();
  expect((await peer.settle()).map(({ qos }) => qos)).toEqual([1]);
});

test('the filters of a kept session come back with it', async () => {
  await peer.vanish();
  const kept = { ...world.credentials('d1'), clean: false };
  peer = (await MqttPeer.connect(world.port, kept)).peer;
  await subscribe('$iothub/twin/res/200/#', '$iothub/twin/PATCH/#');
  await peer.vanish();
  peer = (await MqttPeer.connect(world.port, kept)).peer;
  get('1');
  report('2');
  expect(await topics()).toEqual(['$iothub/twin/res/200/?$rid=1']);
  change();
  expect(await topics()).toEqual([DESIRED]);
});

test.each(['#', '+/twin/#', '$iothub', 'devices/+/messages/devicebound/#', '$iothub/twin'])(
  '%s is refused',
  async (filter) => {
    expect(await subscribe(filter)).toEqual([0x80]);
  },
);

// the request id is a hexadecimal number: https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub
test.each(['A', '0a', '000A'])('a method answer with the request id %s is that of a', async (rid) => {
  await subscribe('$iothub/methods/POST/#');
  const calls = Array.from({ length: 10 }, () => call().catch(() => undefined));
  const ids = (await topics()).map((topic) => topic.split('$rid=')[1] ?? '');
  const tenth = ids.find((id) => /[a-f]$/.test(id)) ?? ids[9] ?? '';
  peer.publish(`$iothub/methods/res/200/?$rid=${tenth === 'a' ? rid : `00${tenth.toUpperCase()}`}`, '{}');
  await peer.settle();
  for (const id of ids) if (id !== tenth) peer.publish(`$iothub/methods/res/500/?$rid=${id}`, '{}');
  const statuses = (await Promise.all(calls)).map((answer) => answer?.status);
  expect(statuses.filter((status) => status === 200).length).toBe(1);
});
