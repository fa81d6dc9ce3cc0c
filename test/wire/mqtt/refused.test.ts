import { expect, test } from 'vitest';
import { openMqttHub } from '../../support/wire/mqtt-hub.ts';
import { MqttPeer } from '../../support/wire/mqtt-peer.ts';

const FILTERS = [
  '$iothub/twin/res/#',
  '$iothub/twin/PATCH/properties/desired/#',
  '$iothub/methods/POST/#',
  'devices/d1/messages/devicebound/#',
];

// MQTT 3.1.1, 3.9.3: 0x80 is a failure
test.each(FILTERS)('a subscription to %s can be refused, and asked for again', async (topic) => {
  await using world = await openMqttHub();
  const { peer } = await MqttPeer.connect(world.port, world.credentials('d1'));
  world.hub.faults.add({ match: { operation: 'subscribe', times: 1 }, effect: { type: 'throttle' } });
  for (const [messageId, granted] of [
    [1, [128]],
    [2, [0]],
  ] as const) {
    peer.send({ cmd: 'subscribe', messageId, subscriptions: [{ topic, qos: 0 }] });
    expect(await peer.next()).toEqual({ cmd: 'suback', messageId, granted });
  }
  peer.vanish();
});

test.each([
  ['d1', undefined, 'devices/d2/messages/events/'],
  ['d1', 'm1', 'devices/d1/modules/m2/messages/events/'],
  ['d1', undefined, '$iothub/methods/res/ok/?$rid=1'],
])('%s/%s may not publish to %s', async (deviceId, moduleId, topic) => {
  await using world = await openMqttHub();
  world.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  const { peer } = await MqttPeer.connect(world.port, world.credentials(deviceId, moduleId));
  peer.publish(topic, 'x');
  await peer.closed;
  expect(world.log).toMatchObject([{ text: 'Closed a connection', cause: 'a PUBLISH to a topic that is not its own' }]);
});

test('a module sends telemetry', async () => {
  await using world = await openMqttHub();
  world.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  const { peer } = await MqttPeer.connect(world.port, world.credentials('d1', 'm1'));
  peer.publish('devices/d1/modules/m1/messages/events/%24.on=output1', 'x', { qos: 1, messageId: 7 });
  expect(await peer.next()).toEqual({ cmd: 'puback', messageId: 7 });
  const [message] = world.events.flatMap((event) => (event.type === 'telemetry' ? [event.message] : []));
  expect(message?.system).toMatchObject({ outputName: 'output1' });
  peer.vanish();
});
