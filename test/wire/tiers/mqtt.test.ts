import { beforeEach, expect, test } from 'vitest';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import type { Tier } from '../../../protocol/tier.ts';
import { type MqttHub, openMqttHub } from '../../support/wire/mqtt-hub.ts';
import { MqttPeer } from '../../support/wire/mqtt-peer.ts';
import { B1, exhaust, fill, S1, spend } from '../../support/wire/tiers.ts';

const GET = '$iothub/twin/GET/?$rid=';
const PATCH = '$iothub/twin/PATCH/properties/reported/?$rid=';
const EVENTS = 'devices/d1/messages/events/';

let world: MqttHub;
let peer: MqttPeer;
const open = async (tier: Tier): Promise<void> => {
  world = await openMqttHub({ tier });
  peer = (await MqttPeer.connect(world.port, world.credentials('d1'))).peer;
};
beforeEach(() => async () => {
  peer.vanish();
  await world[Symbol.asyncDispose]();
});

test('beyond the throttle a report is answered 429 with 429001, and nothing is changed', async () => {
  await open(S1);
  exhaust(world.hub, 'twin.report');
  peer.publish(`${PATCH}1`, '{"n":1}');
  expect(await peer.next()).toMatchObject({
    topic: '$iothub/twin/res/429/?$rid=1',
    payload: expect.stringContaining('"errorCode":429001'),
  });
  expect(world.hub.twins.get('d1').twin.reported.version).toBe(1);
  expect(world.events.filter(({ type }) => type === 'tier.refused').slice(1)).toMatchObject([
    { key: 'd1', operation: 'twin.report', code: 'ThrottlingException' },
  ]);
});

test('reports that wait are answered in their order when their turn has come', async () => {
  await open(S1);
  fill(world.hub, 'twin.report');
  peer.publish(`${PATCH}1`, '{"n":1}', { qos: 1, messageId: 1 });
  peer.publish(`${PATCH}2`, '{"n":2}', { qos: 1, messageId: 2 });
  peer.publish(`${GET}3`);
  expect(await peer.next()).toMatchObject({ topic: '$iothub/twin/res/200/?$rid=3' });
  world.clock.advance(1000);
  const answers = [await peer.next(), await peer.next(), await peer.next(), await peer.next()];
  expect(answers).toMatchObject([
    { cmd: 'puback', messageId: 1 },
    { topic: '$iothub/twin/res/204/?$rid=1&$version=2' },
    { cmd: 'puback', messageId: 2 },
    { topic: '$iothub/twin/res/204/?$rid=2&$version=3' },
  ]);
});

test('a restore lets reports happen that wait, and nothing waits behind them', async () => {
  await open(S1);
  const before = takeSnapshot(world.hub);
  fill(world.hub, 'twin.report');
  peer.publish(`${PATCH}1`, '{"n":1}');
  peer.publish(`${GET}2`);
  expect(await peer.next()).toMatchObject({ topic: '$iothub/twin/res/200/?$rid=2' });
  restoreSnapshot(world.hub, before);
  expect(await peer.next()).toMatchObject({ topic: '$iothub/twin/res/204/?$rid=1&$version=2' });
  peer.publish(`${PATCH}3`, '{"n":3}');
  expect(await peer.next()).toMatchObject({ topic: '$iothub/twin/res/204/?$rid=3&$version=2' });
});

test.each([
  ['throttle', (): void => exhaust(world.hub, 'telemetry')],
  ['quota of the day', (): void => spend(world.hub, 400_000)],
])('telemetry beyond the %s is not acknowledged: the connection is closed', async (_, reach) => {
  await open(S1);
  reach();
  peer.publish(EVENTS, 'x', { qos: 1, messageId: 1 });
  await peer.closed;
  expect(world.events.some(({ type }) => type === 'telemetry')).toBe(false);
});

test('over the quota a twin request is answered 403 with 403002', async () => {
  await open(S1);
  spend(world.hub, 400_000);
  peer.publish(`${GET}1`);
  expect(await peer.next()).toMatchObject({
    topic: '$iothub/twin/res/403/?$rid=1',
    payload: expect.stringContaining('"errorCode":403002'),
  });
});

test('beyond the throttle a connection is refused with return code 3', async () => {
  await open(S1);
  exhaust(world.hub, 'connect');
  const { connack } = await MqttPeer.connect(world.port, world.credentials('d1'));
  expect(connack).toMatchObject({ returnCode: 3 });
});

test('a basic hub takes telemetry and has no twins', async () => {
  await open(B1);
  peer.publish(`${GET}1`);
  expect(await peer.next()).toMatchObject({
    topic: '$iothub/twin/res/403/?$rid=1',
    payload: expect.stringContaining('"errorCode":403010'),
  });
  peer.publish(EVENTS, 'x', { qos: 1, messageId: 1 });
  expect(await peer.next()).toEqual({ cmd: 'puback', messageId: 1 });
});
