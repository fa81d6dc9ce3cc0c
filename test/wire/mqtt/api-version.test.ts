import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MqttHub, openMqttHub } from '../../support/wire/mqtt-hub.ts';
import { MqttPeer } from '../../support/wire/mqtt-peer.ts';

let world: MqttHub;
beforeAll(async () => {
  world = await openMqttHub();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  world.log.length = 0;
  world.events.length = 0;
});

const connect = (username: string, clean = true) =>
  MqttPeer.connect(world.port, { ...world.credentials('d1'), username, clean });
const call = () => world.hub.methods.invoke('d1', { methodName: 'blink' });

// https://github.com/Azure/azure-iot-sdks/issues/1007: telemetry arrives, a method is DeviceNotOnline
// https://github.com/andriyadi/AzureIoTHubMQTTClient/pull/5: reported properties are answered with 400
test.each(['localhost/d1', 'localhost/d1/', 'localhost/d1/?api-version=2016-02-03', 'localhost/d1/?model-id=dtmi:a;1'])(
  'with the user name %s a device sends telemetry, but has neither twin nor methods',
  async (username) => {
    const { peer, connack } = await connect(username);
    expect(connack).toEqual({ cmd: 'connack', returnCode: 0, sessionPresent: false });
    expect(world.log).toEqual([
      {
        text: 'Connected a device without twins and methods',
        device: 'd1',
        cause: 'the user name has no api-version, or one before 2016-11-14: twins and direct methods do not work',
        remedy: 'end the user name with /?api-version=2021-04-12',
      },
    ]);
    peer.publish('devices/d1/messages/events/', 'x', { qos: 1, messageId: 1 });
    expect(await peer.next()).toEqual({ cmd: 'puback', messageId: 1 });
    expect(world.events.some(({ type }) => type === 'telemetry')).toBe(true);
    expect(await peer.subscribe('$iothub/methods/POST/#')).toMatchObject({ granted: [0] });
    await expect(call()).rejects.toMatchObject({ code: 'DeviceNotOnline', status: 404 });
    peer.publish('$iothub/twin/PATCH/properties/reported/?$rid=1', '{"a":1}');
    expect(await peer.next()).toMatchObject({ topic: '$iothub/twin/res/400/?$rid=1' });
    expect(world.hub.fleet.get('d1').twin.reported.values).toEqual({});
    await peer.vanish();
  },
);

test('the first api-version with twins and methods has them', async () => {
  const { peer } = await connect('localhost/d1/api-version=2016-11-14');
  peer.publish('$iothub/twin/GET/?$rid=1');
  expect(await peer.next()).toMatchObject({ topic: '$iothub/twin/res/200/?$rid=1' });
  expect(world.log).toEqual([]);
  await peer.vanish();
});

test('a kept subscription to methods brings none without an api-version', async () => {
  const { peer } = await connect('localhost/d1/?api-version=2021-04-12', false);
  await peer.subscribe('$iothub/methods/POST/#');
  await peer.vanish();
  const { peer: again } = await connect('localhost/d1', false);
  await expect(call()).rejects.toMatchObject({ code: 'DeviceNotOnline' });
  await again.vanish();
});
