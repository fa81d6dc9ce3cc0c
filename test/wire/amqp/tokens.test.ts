import { afterAll, beforeAll, expect, test } from 'vitest';
import { policies } from '../../../emulator/auth/policies.ts';
import { signSas } from '../../../protocol/sas.ts';
import { AmqpClient } from '../../support/wire/amqp-client.ts';
import { type AmqpHub, openAmqpHub } from '../../support/wire/amqp-hub.ts';
import { identityToken, policyToken } from '../../support/wire/authenticated-hub.ts';

let world: AmqpHub;
beforeAll(async () => {
  world = await openAmqpHub();
  world.hub.registry.create({ deviceId: 'd2' }, {});
  world.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
});
afterAll(() => world[Symbol.asyncDispose]());

const EVENTS = '/devices/d1/messages/events';

test('a token opens the links of its device, and of no other', async () => {
  const client = await world.device('d1');
  expect(await client.send(EVENTS, { body: 'x' })).toBe('accepted');
  expect(await client.sender('/devices/d2/messages/events')).toBe('amqp:unauthorized-access');
  expect(await client.sender('/messages/devicebound')).toBe('amqp:unauthorized-access');
  client.vanish();
});

test('the token of a device opens the links of its modules', async () => {
  const client = await world.device('d1');
  expect(await client.send('/devices/d1/modules/m1/messages/events', { body: 'x' })).toBe('accepted');
  client.vanish();
});

test('before a token, only $cbs may be attached', async () => {
  const client = await world.connect();
  expect(await client.sender(EVENTS)).toBe('amqp:unauthorized-access');
  client.vanish();
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-amqp-support#authentication
test('a refused token is answered with a status', async () => {
  const client = await world.connect();
  const token = identityToken(world.hub, 'd1');
  expect(await client.putToken(token.replace('sig=', 'sig=AA'))).toBe(401);
  expect(await client.putToken('nonsense')).toBe(401);
  expect(await client.putToken(token.replace('devices%2Fd1', 'devices%2Fabsent'))).toBe(404);
  expect(await client.putToken(token, { application_properties: { operation: 'delete-token' } })).toBe(400);
  expect(await client.putToken(token)).toBe(200);
  client.vanish();
});

// https://github.com/Azure/azure-event-hubs-node/issues/174, the answer of the service; fe2o3-amqp-cbs 0.16 for Rust takes no other
test.each(['sb://localhost/hub', 'amqps://localhost/hub'])(
  'the token of an Event Hubs client for %s is accepted, 202',
  async (resource) => {
    const client = await world.connect();
    const key = policies().get('service')?.primaryKey ?? '';
    const token = signSas({ resource, key, expiry: 4_000_000_000, policy: 'service' });
    expect(await client.putToken(token)).toBe(202);
    client.vanish();
  },
);

test('the links of a policy go by its rights', async () => {
  const device = await world.service('device');
  expect(await device.send(EVENTS, { body: 'x' })).toBe('accepted');
  expect(await device.sender('/messages/devicebound')).toBe('amqp:unauthorized-access');
  const service = await world.service('service');
  expect(await service.sender(EVENTS)).toBe('amqp:unauthorized-access');
  for (const client of [device, service]) client.vanish();
});

test('SASL PLAIN takes a token as password, whatever the user name is', async () => {
  const plain = { username: 'service@sas.root.localhost', password: policyToken('service') };
  const client = await AmqpClient.connect(world.port, plain);
  expect(typeof (await client.sender('/messages/devicebound'))).toBe('object');
  client.vanish();
});

test('a connection ends when the token of its only device expires, unless a newer one came', async () => {
  const client = await world.device('d1');
  await client.sender(EVENTS);
  world.wallClock.advance(50 * 60_000);
  expect(await client.putToken(identityToken(world.hub, 'd1', 120))).toBe(200);
  world.wallClock.advance(20 * 60_000);
  expect(await client.send(EVENTS, { body: 'x' })).toBe('accepted');
  world.wallClock.advance(60 * 60_000);
  expect(await client.ended()).toBeUndefined();
  expect(world.events.at(-1)).toMatchObject({ type: 'session.closed', key: 'd1', reason: 'expired' });
});
