import { expect, test } from 'vitest';
import { openMqttHub } from '../../support/wire/mqtt-hub.ts';
import { MqttPeer } from '../../support/wire/mqtt-peer.ts';

const connected = async () => {
  const world = await openMqttHub();
  const { peer } = await MqttPeer.connect(world.port, world.credentials('d1'));
  const refused = () =>
    world.events.flatMap((event) => (event.type === 'refused' ? [[event.what, event.key, event.code]] : []));
  return { world, peer, refused };
};

test('a topic filter that the hub does not serve is told of, with what to do', async () => {
  const { world, peer, refused } = await connected();
  await using _ = world;
  peer.send({
    cmd: 'subscribe',
    messageId: 1,
    subscriptions: [{ topic: 'devices/d2/messages/devicebound/#', qos: 0 }],
  });
  expect(await peer.next()).toEqual({ cmd: 'suback', messageId: 1, granted: [128] });
  expect(refused()).toEqual([['subscription', 'd1', 'unknown-filter']]);
  expect(world.log).toMatchObject([{ text: 'Refused a subscription', device: 'd1', remedy: expect.any(String) }]);
  peer.vanish();
});

test('an answer to a method that was not called is told of', async () => {
  const { world, peer, refused } = await connected();
  await using _ = world;
  peer.publish('$iothub/methods/res/200/?$rid=77', '{}', { qos: 1, messageId: 1 });
  expect(await peer.next()).toEqual({ cmd: 'puback', messageId: 1 });
  expect(refused()).toEqual([['method answer', 'd1', 'method-not-awaited']]);
  peer.vanish();
});

test('a report that is not valid is told of under the name of the error', async () => {
  const { world, peer, refused } = await connected();
  await using _ = world;
  peer.publish('$iothub/twin/PATCH/properties/reported/?$rid=1', '[1', { qos: 1, messageId: 1 });
  await peer.next();
  expect(refused()).toEqual([['report', 'd1', 'IotHubFormatError']]);
  peer.vanish();
});

test('a topic that is not its own closes the connection, and is told of', async () => {
  const { world, peer, refused } = await connected();
  await using _ = world;
  peer.publish('devices/d2/messages/events/', 'x');
  await peer.closed;
  expect(refused()).toEqual([['message', 'd1', 'InvalidOperation']]);
});
