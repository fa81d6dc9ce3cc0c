import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { FaultEffect, FaultMatch } from '../../../protocol/fault.ts';
import { AmqpClient } from '../../support/wire/amqp-client.ts';
import { type AmqpHub, openAmqpHub } from '../../support/wire/amqp-hub.ts';
import { identityToken, policyToken } from '../../support/wire/authenticated-hub.ts';
import { selfSigned } from '../../support/wire/device-certificates.ts';
import { until } from '../../support/wire/mqtt-peer.ts';
import { testCertificates } from '../../support/wire/tls.ts';

const EVENTS = '/devices/d1/messages/events';
const REFUSAL = 'amqp:link:detach-forced';
const unavailable: FaultEffect = { type: 'error', code: 'ServiceUnavailable' };
let world: AmqpHub;
beforeAll(async () => {
  world = await openAmqpHub();
  world.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  world.hub.faults.clear();
  world.events.length = 0;
});

const fail = (match: FaultMatch, effect: FaultEffect) =>
  world.hub.faults.add({ id: 'fault', match: { times: 1, ...match }, effect });
const struck = () => world.events.flatMap((event) => (event.type === 'fault.injected' ? [event.operation] : []));
/** `open`, or the condition with which a link is refused. */
const attach = async (client: AmqpClient, address: string, direction: 'sender' | 'receiver' = 'sender') => {
  const link = await client[direction](address);
  return typeof link === 'string' ? link : 'open';
};

test('a device with SASL ANONYMOUS is refused when it sends its token', async () => {
  fail({ operation: 'connect', device: 'd1', protocol: 'amqp' }, unavailable);
  const client = await AmqpClient.connect(world.port, { username: 'anonymous' });
  expect(await client.putToken(identityToken(world.hub, 'd1'))).toBe(503);
  expect(await client.putToken(identityToken(world.hub, 'd1'))).toBe(200);
  expect([await attach(client, EVENTS), struck()]).toEqual(['open', ['connect']]);
  client.vanish();
});

test('a service app is refused when it sends its token, unless the rule is for a device', async () => {
  fail({ operation: 'connect', device: '*' }, unavailable);
  const client = await world.connect();
  expect(await client.putToken(policyToken('service'))).toBe(200);
  fail({ operation: 'connect' }, { type: 'throttle' });
  expect(await client.putToken(policyToken('service'))).toBe(429);
  client.vanish();
});

const PLAIN = { username: 'service@sas.root.localhost', password: policyToken('service'), reconnect: false };
const plain = (): Promise<AmqpClient> => AmqpClient.connect(world.port, PLAIN);
/** What comes first on a connection with SASL PLAIN. */
const first = (...names: string[]): Promise<string> => {
  const connection = AmqpClient.dial(world.port, PLAIN);
  connection.on('disconnected', () => undefined);
  return Promise.race(names.map((name) => once(connection, name).then(() => name)));
};

test('SASL PLAIN is refused, cut off, or admitted late', async () => {
  fail({ operation: 'connect' }, unavailable);
  expect(await first('connection_open', 'connection_error', 'disconnected')).toBe('connection_error');
  fail({ operation: 'connect' }, { type: 'disconnect', when: 'before' });
  expect(await first('connection_open', 'connection_error', 'disconnected')).toBe('disconnected');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  fail({ operation: 'connect' }, { type: 'delay', ms: 30 });
  const client = plain();
  await until(() => struck().length === 3);
  vi.advanceTimersByTime(30);
  vi.useRealTimers();
  expect(await attach(await client, '/messages/devicebound')).toBe('open');
  (await client).vanish();
});

test('a connection with SASL PLAIN that is to end after it is admitted ends when it is open', async () => {
  fail({ operation: 'connect' }, { type: 'disconnect', when: 'after' });
  const client = await plain();
  expect(await client.ended()).toBe('amqp:connection:forced');
});

test('a device with a certificate connects by its first link, whether it uses SASL EXTERNAL or no SASL', async () => {
  const own = await selfSigned('x');
  const x509Thumbprint = { primaryThumbprint: own.thumbprint };
  world.hub.registry.create({ deviceId: 'by-print' }, { authentication: { type: 'selfSigned', x509Thumbprint } });
  const { key, cert, ca } = await testCertificates();
  const door = createServer(
    { key: [...key], cert: [...cert], requestCert: true, rejectUnauthorized: false },
    (socket) => world.server.accept(socket),
  );
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const { port } = door.address() as AddressInfo; // of TCP servers
  for (const sasl of [{ enable_sasl_external: true }, {}]) {
    const options = { transport: 'tls', servername: 'localhost', ca, cert: own.cert, key: own.key, ...sasl };
    const client = await AmqpClient.connect(port, options);
    fail({ operation: 'connect', device: 'by-print' }, unavailable);
    expect(await attach(client, '/devices/by-print/messages/events')).toBe(REFUSAL);
    expect(await attach(client, '/devices/by-print/messages/events')).toBe('open');
    fail({ operation: 'connect' }, unavailable); // it is connected by now
    expect(await attach(client, '/devices/by-print/twin', 'receiver')).toBe('open');
    client.vanish();
  }
  door.close();
});

test('a device with the token of a policy connects by its first link', async () => {
  const client = await world.service('device');
  fail({ operation: 'connect', device: 'd1' }, { type: 'throttle' });
  expect(await attach(client, EVENTS)).toBe('com.microsoft:device-container-throttled');
  expect(await attach(client, EVENTS)).toBe('open');
  client.vanish();
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-amqp-support
test.each([
  ['d1', 'sender', EVENTS],
  ['d1', 'receiver', '/devices/d1/messages/devicebound'],
  ['d1', 'sender', '/devices/d1/twin'],
  ['d1', 'receiver', '/devices/d1/twin'],
  ['d1', 'sender', '/devices/d1/methods/devicebound'],
  ['d1', 'receiver', '/devices/d1/methods/devicebound'],
  ['d1/m1', 'sender', '/devices/d1/modules/m1/messages/events'],
  ['d1/m1', 'receiver', '/devices/d1/modules/m1/messages/events'],
  ['d1/m1', 'receiver', '/devices/d1/modules/m1/messages/devicebound'],
  ['d1/m1', 'receiver', '/devices/d1/modules/m1/methods/devicebound'],
  ['d1/m1', 'receiver', '/devices/d1/modules/m1/twin'],
  [undefined, 'sender', '/messages/devicebound'],
  [undefined, 'receiver', '/messages/servicebound/feedback'],
  [undefined, 'receiver', '/messages/servicebound/filenotifications'],
  [undefined, 'receiver', 'localhost/ConsumerGroups/$Default/Partitions/0'],
] as const)('a link of %s is refused as a subscription: the %s at %s', async (key, direction, address) => {
  const client = key === undefined ? await world.service() : await world.device(key);
  const path = `/${address.replace(/^\//, '')}`;
  fail({ operation: 'subscribe', path, ...(key === undefined ? {} : { device: 'd1' }) }, unavailable);
  expect(await attach(client, address, direction)).toBe(REFUSAL);
  if (!address.includes('ConsumerGroups')) expect(await attach(client, address, direction)).toBe('open');
  expect(struck()).toEqual(['subscribe']);
  client.vanish();
});

test('links of service apps have no device', async () => {
  const client = await world.service();
  fail({ operation: 'subscribe', device: '*' }, unavailable);
  expect([await attach(client, '/messages/servicebound/feedback', 'receiver'), struck()]).toEqual(['open', []]);
  client.vanish();
});

test('an attach is answered late, and holds up no other one', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const client = await world.device('d1');
  fail({ operation: 'subscribe' }, { type: 'delay', ms: 30 });
  const late = vi.fn();
  const attached = attach(client, EVENTS).then(late);
  expect(await attach(client, '/devices/d1/twin', 'receiver')).toBe('open');
  expect(late).not.toHaveBeenCalled();
  vi.advanceTimersByTime(30);
  await attached;
  expect(late).toHaveBeenCalledWith('open');
  vi.useRealTimers();
  client.vanish();
});

test('a link whose attach is not answered is not used, and the connection goes on', async () => {
  const client = await world.device('d1');
  fail({ operation: 'subscribe' }, { type: 'drop' });
  const lost = vi.fn();
  void attach(client, '/devices/d1/methods/devicebound', 'receiver').then(lost);
  expect(await attach(client, EVENTS)).toBe('open');
  expect([lost.mock.calls.length, world.hub.sessions.listening('d1').capabilities]).toEqual([0, {}]);
  client.vanish();
});

test('an attach is answered, and then the connection ends', async () => {
  const client = await world.device('d1');
  fail({ operation: 'subscribe' }, { type: 'disconnect', when: 'after' });
  void attach(client, '/devices/d1/messages/devicebound', 'receiver');
  expect(await client.ended()).toBe('amqp:connection:forced');
});

test('a link whose attach is delayed is not opened if the client has gone', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const client = await world.device('d1');
  fail({ operation: 'subscribe' }, { type: 'delay', ms: 30 });
  void client.receiver('/devices/d1/methods/devicebound');
  await until(() => struck().length > 0);
  client.vanish();
  await until(() => world.server.connections === 0);
  vi.advanceTimersByTime(30);
  vi.useRealTimers();
  expect(world.events.filter(({ type }) => type === 'session.opened')).toEqual([]);
});

const toDevice = (id = 'd1') => ({ to: `/devices/${id}/messages/devicebound`, body: 'x' });
const waiting = (): number => world.hub.inbox.list('d1').length;

test('a message of a service app is rejected, cut off, taken twice, or not acknowledged', async () => {
  const send = async (client: AmqpClient) => client.send('/messages/devicebound', toDevice());
  const client = await world.service();
  fail({ operation: 'c2d.send', device: 'd1' }, { type: 'throttle' });
  expect([await send(client), waiting()]).toEqual(['com.microsoft:device-container-throttled', 0]);
  fail({ operation: 'c2d.send', device: 'another' }, unavailable);
  expect([await send(client), waiting()]).toEqual(['accepted', 1]);
  fail({ operation: 'c2d.send' }, { type: 'duplicate' });
  expect([await send(client), waiting()]).toEqual(['accepted', 3]);
  fail({ operation: 'c2d.send' }, { type: 'drop' });
  void send(client);
  await until(() => waiting() === 4);
  fail({ operation: 'c2d.send' }, { type: 'disconnect', when: 'before' });
  void send(client);
  expect([await client.ended(), waiting()]).toEqual([undefined, 5]);
});

test('a rule for amqp does not strike amqp-ws, nor the other way round', async () => {
  const door = createTcpServer({ noDelay: true }, (socket) => world.server.acceptWebSocket(socket, socket));
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const { port } = door.address() as AddressInfo; // of TCP servers
  const outcomes: string[] = [];
  for (const protocol of ['amqp', 'amqp-ws'] as const)
    for (const door of [world.port, port]) {
      const client = await AmqpClient.connect(door);
      await client.putToken(identityToken(world.hub, 'd1'));
      fail({ operation: 'telemetry', device: 'd1', protocol }, { type: 'throttle' });
      outcomes.push(await client.send(EVENTS, { body: 'x' }));
      client.vanish();
    }
  door.close();
  const throttled = 'com.microsoft:device-container-throttled';
  expect(outcomes).toEqual([throttled, 'accepted', 'accepted', throttled]);
});
