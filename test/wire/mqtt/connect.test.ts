import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { signSas } from '../../../protocol/sas.ts';
import { type MqttHub, openMqttHub } from '../../support/wire/mqtt-hub.ts';
import { type ConnectOptions, MqttPeer, until } from '../../support/wire/mqtt-peer.ts';

let world: MqttHub;
const peers: MqttPeer[] = [];
beforeAll(async () => {
  world = await openMqttHub();
  for (const deviceId of ['d2', 'gone', 'odd?id']) world.hub.registry.create({ deviceId }, {});
  world.hub.registry.create({ deviceId: 'off' }, { status: 'disabled' });
  world.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  world.log.length = 0;
  world.events.length = 0;
});
afterEach(async () => {
  for (const peer of peers.splice(0)) await peer.vanish();
  await until(() => world.server.connections === 0);
});

const connect = async (options: ConnectOptions) => {
  const { peer, connack } = await MqttPeer.connect(world.port, options);
  peers.push(peer);
  return { peer, connack };
};
const ACCEPTED = { cmd: 'connack', returnCode: 0, sessionPresent: false };
const refused = (returnCode: number) => ({ cmd: 'connack', returnCode, sessionPresent: false });

test('a device with a token is admitted, and the hub has it as connected', async () => {
  const { peer, connack } = await connect(world.credentials('d1'));
  expect(connack).toEqual(ACCEPTED);
  expect(world.hub.sessions.find('d1')?.protocol).toBe('mqtt');
  expect(world.hub.fleet.get('d1').presence.connected).toBe(true);
  peer.send({ cmd: 'disconnect' });
  await peer.closed;
  await until(() => world.hub.sessions.find('d1') === undefined);
  expect(world.events.map(({ type }) => type)).toEqual(['session.opened', 'session.closed']);
  expect(world.events.at(-1)).toMatchObject({ key: 'd1', reason: 'client' });
});

test('a connection that breaks is closed as lost', async () => {
  const { peer } = await connect(world.credentials('d1'));
  await peer.vanish();
  await until(() => world.events.length === 2);
  expect(world.events.at(-1)).toMatchObject({ key: 'd1', reason: 'lost' });
});

// user names as SDKs and plain MQTT clients write them
test.each([
  ['localhost/d1'],
  ['localhost/d1/'],
  ['localhost:8883/d1/?api-version=2021-04-12&DeviceClientType=azure-iot-device%2F1.18.4%20(node%20v20)'],
  ['contoso.azure-devices.net/d1/api-version=2016-11-14'],
  ['localhost/d1?api-version=2021-04-12'],
])('the user name %s is understood', async (username) => {
  expect((await connect({ ...world.credentials('d1'), username })).connack).toEqual(ACCEPTED);
});

test('a module and its device are connected independently', async () => {
  expect((await connect(world.credentials('d1', 'm1'))).connack).toEqual(ACCEPTED);
  expect((await connect(world.credentials('d1'))).connack).toEqual(ACCEPTED);
  expect([...world.hub.sessions.live()].map(({ key }) => key).sort()).toEqual(['d1', 'd1/m1']);
});

test('an id may contain a question mark', async () => {
  expect((await connect(world.credentials('odd?id'))).connack).toEqual(ACCEPTED);
});

test('the model id of the user name becomes the twin’s', async () => {
  const username = 'localhost/d2/?api-version=2021-04-12&model-id=dtmi%3Acom%3Aexample%3AThermostat%3B1&model-id=other';
  await connect({ ...world.credentials('d2'), username });
  expect(world.hub.fleet.get('d2').twin.modelId).toBe('dtmi:com:example:Thermostat;1');
});

test.each<[string, number, Partial<ConnectOptions>]>([
  ['another device in the user name', 2, { username: 'localhost/d2/?api-version=2021-04-12' }],
  ['a module only in the user name', 2, { username: 'localhost/d1/m1/?api-version=2021-04-12' }],
  ['a longer id in the user name', 2, { username: 'localhost/d11/?api-version=2021-04-12' }],
  ['a client id that is not a valid id', 2, { clientId: 'a b', username: 'localhost/a b/' }],
  ['an empty client id', 2, { clientId: '', username: 'localhost/d1' }],
  ['three ids', 2, { clientId: 'd1/m1/x', username: 'localhost/d1/m1/x' }],
  ['a user name without host', 4, { username: 'd1' }],
  ['a wrong password', 5, { password: 'SharedAccessSignature sr=x&sig=y&se=1' }],
  ['a password that is not a token', 5, { password: 'secret' }],
  ['an unknown device', 5, { clientId: 'nobody', username: 'localhost/nobody/' }],
  ['a disabled device', 5, { clientId: 'off', username: 'localhost/off/' }],
])('%s is refused with code %i, and one line of the log has the cause', async (_what, returnCode, fields) => {
  const { peer, connack } = await connect({ ...world.credentials('d1'), ...fields });
  expect(connack).toEqual(refused(returnCode));
  await peer.closed;
  expect(world.log).toEqual([
    {
      text: 'Refused a connection',
      device: fields.clientId ?? 'd1',
      cause: expect.any(String),
      remedy: expect.any(String),
    },
  ]);
});

test('no user name, no password: refused', async () => {
  expect((await connect({ clientId: 'd1' })).connack).toEqual(refused(4));
  expect((await connect({ clientId: 'd1', username: 'localhost/d1' })).connack).toEqual(refused(5));
});

test('a refused connection does not affect the connection of the same id', async () => {
  const { peer } = await connect(world.credentials('d1'));
  expect((await connect({ ...world.credentials('d1'), password: 'wrong' })).connack).toEqual(refused(5));
  expect(await peer.settle()).toEqual([]);
});

test('a newer connection replaces the older one', async () => {
  const { peer: older } = await connect(world.credentials('d1'));
  const { peer: newer, connack } = await connect(world.credentials('d1'));
  expect(connack).toEqual(ACCEPTED);
  await older.closed;
  expect(await newer.settle()).toEqual([]);
  expect(world.events.map((event) => [event.type, 'reason' in event ? event.reason : ''])).toEqual([
    ['session.opened', ''],
    ['session.closed', 'replaced'],
    ['session.opened', ''],
  ]);
  expect(world.server.connections).toBe(1);
});

test('a device that is deleted or disabled loses its connection', async () => {
  const { peer } = await connect(world.credentials('gone'));
  world.hub.registry.delete({ deviceId: 'gone' }, '*');
  await peer.closed;
  const { peer: other } = await connect(world.credentials('d2'));
  world.hub.registry.put({ deviceId: 'd2' }, { status: 'disabled' }, '*');
  await other.closed;
  world.hub.registry.put({ deviceId: 'd2' }, { status: 'enabled' }, '*');
});

test('the connection ends when its token does, by the wall clock', async () => {
  const expiry = world.wallClock.now() / 1000 + 60;
  const key = world.hub.fleet.get('d1').identity.authentication.primaryKey ?? '';
  const password = signSas({ resource: 'localhost/devices/d1', key, expiry });
  const { peer } = await connect({ ...world.credentials('d1'), password });
  world.wallClock.advance(59_000);
  expect(await peer.settle()).toEqual([]);
  world.wallClock.advance(301_000); // five minutes of clock skew included
  await peer.closed;
  expect(world.events.at(-1)).toMatchObject({ type: 'session.closed', reason: 'expired' });
});

test('a clean=0 session is resumed with its subscriptions', async () => {
  const { peer, connack } = await connect({ ...world.credentials('d1'), clean: false });
  expect(connack).toEqual(ACCEPTED);
  expect(await peer.subscribe('$iothub/twin/PATCH/properties/desired/#', 1)).toEqual({
    cmd: 'suback',
    messageId: 7,
    granted: [1],
  });
  await peer.vanish();
  const { peer: again, connack: second } = await connect({ ...world.credentials('d1'), clean: false });
  expect(second).toEqual({ cmd: 'connack', returnCode: 0, sessionPresent: true });
  world.hub.twins.patch('d1', { properties: { desired: { speed: 3 } } });
  expect(await again.next()).toMatchObject({ cmd: 'publish', qos: 1, payload: '{"speed":3,"$version":2}' });
  await again.vanish();
  const { connack: clean } = await connect({ ...world.credentials('d1'), clean: true });
  expect(clean).toEqual(ACCEPTED);
  expect(world.hub.sessions.listening('d1')).toEqual({ capabilities: {}, notes: {} });
});

test('a kept session gets answers to twin requests as it was granted, though it does not subscribe again', async () => {
  const first = await connect({ ...world.credentials('d2'), clean: false });
  expect(await first.peer.subscribe('$iothub/twin/res/#', 1)).toMatchObject({ granted: [1] });
  await first.peer.vanish();
  const { peer } = await connect({ ...world.credentials('d2'), clean: false });
  peer.publish('$iothub/twin/GET/?$rid=1', ' ');
  expect(await peer.next()).toMatchObject({ topic: '$iothub/twin/res/200/?$rid=1', qos: 1 });
  await peer.vanish();
  await (await connect({ ...world.credentials('d2'), clean: true })).peer.vanish();
});

test('a session without subscriptions is present too', async () => {
  await (await connect({ ...world.credentials('d2'), clean: false })).peer.vanish();
  const { connack } = await connect({ ...world.credentials('d2'), clean: false });
  expect(connack).toEqual({ cmd: 'connack', returnCode: 0, sessionPresent: true });
});

test.each([
  ['MQTT 5', '101a00044d51545405020000056b65790000026431000800000000', 0],
  ['MQTT 3.1', '101000064d51497364700302003c00026431', 0],
  ['MQTT of level 9', '100e00044d5154540902003c00026431', 0],
])('%s is refused with code 1', async (_name, hex) => {
  const peer = await MqttPeer.dial(world.port);
  peers.push(peer);
  const body = Buffer.from(hex, 'hex');
  body[1] = body.length - 2;
  peer.raw(body);
  expect(await peer.next()).toEqual(refused(1));
  await peer.closed;
});

test('a second CONNECT closes the connection', async () => {
  const { peer } = await connect(world.credentials('d1'));
  await expect(peer.connect(world.credentials('d1'))).rejects.toThrow('closed');
  expect(world.log).toEqual([
    {
      text: 'Closed a connection',
      device: 'd1',
      cause: 'a second CONNECT',
      remedy: 'check the MQTT library: it must send valid packets of MQTT 3.1.1, with QoS 0 or 1',
    },
  ]);
});

test('a will becomes telemetry when the connection breaks, and only then', async () => {
  const will = { topic: 'devices/d1/messages/events/kind=last', payload: 'bye' };
  const { peer: polite } = await connect({ ...world.credentials('d1'), will });
  polite.send({ cmd: 'disconnect' });
  await polite.closed;
  const { peer } = await connect({ ...world.credentials('d1'), will });
  await peer.vanish();
  await until(() => world.events.some(({ type }) => type === 'telemetry'));
  const messages = world.events.flatMap((event) => (event.type === 'telemetry' ? [event.message] : []));
  expect(messages.map(({ body, properties }) => [String(body), properties])).toEqual([
    ['bye', { kind: 'last', 'iothub-MessageType': 'Will' }],
  ]);
});

test('a will for another device is dropped', async () => {
  const will = { topic: 'devices/d2/messages/events/', payload: 'bye' };
  const { peer } = await connect({ ...world.credentials('d1'), will });
  await peer.vanish();
  await until(() => world.events.some(({ type }) => type === 'session.closed'));
  expect(world.events.filter(({ type }) => type === 'telemetry')).toEqual([]);
});

// http://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html, [MQTT-3.1.2-24]
test('a client that is silent for one and a half keep-alives is disconnected', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { peer } = await connect({ ...world.credentials('d1'), keepalive: 10 });
    vi.advanceTimersByTime(14_900);
    await new Promise(setImmediate);
    expect(world.hub.sessions.find('d1')).toBeDefined();
    vi.advanceTimersByTime(200);
    await peer.closed;
    expect(world.hub.sessions.find('d1')).toBeUndefined();
  } finally {
    vi.useRealTimers();
  }
});
