import { message as rheaMessage } from 'rhea';
import { expect, test } from 'vitest';
import { KEPT } from '../../emulator/hub/snapshots/snapshot.ts';
import { Snapshots } from '../../emulator/hub/snapshots/snapshots.ts';
import { readSnapshots } from '../../emulator/store/kept-snapshots.ts';
import { newHub } from '../support/hub/hub.ts';
import { MemoryStore } from '../support/store/memory-store.ts';
import { slowStore, someTurns } from '../support/store/slow-store.ts';
import { openAmqpHub } from '../support/wire/amqp-hub.ts';
import { openMqttHub } from '../support/wire/mqtt-hub.ts';
import { MqttPeer } from '../support/wire/mqtt-peer.ts';
import { startRest } from '../support/wire/rest-client.ts';

const FULL = new Error('No space left on device');
const REPORT = '$iothub/twin/PATCH/properties/reported/?$rid=1';
const EVENTS = 'devices/d1/messages/events/';

/** Whether `answer` comes before the batch is on disk. */
const orderOf = async (slow: ReturnType<typeof slowStore>, answer: Promise<unknown>): Promise<string[]> => {
  const order: string[] = [];
  const seen = answer.then(() => order.push('answered'));
  await someTurns();
  order.push('kept');
  slow.release();
  await seen;
  return order;
};

test('REST answers a write when it is on disk', async () => {
  const slow = slowStore();
  await using rest = await startRest({ keep: slow.keep });
  slow.hold();
  const answer = rest.ask('PUT', '/devices/d1', { body: { deviceId: 'd1' } });
  expect(await orderOf(slow, answer)).toEqual(['kept', 'answered']);
  expect((await answer).status).toBe(200);
});

test('REST does not tell what is not on disk yet', async () => {
  const slow = slowStore();
  await using rest = await startRest({ keep: slow.keep });
  slow.hold();
  rest.hub.registry.create({ deviceId: 'd1' }, {});
  expect(await orderOf(slow, rest.ask('GET', '/devices/d1'))).toEqual(['kept', 'answered']);
});

test('with fast durability nothing waits', async () => {
  const slow = slowStore('fast');
  await using rest = await startRest({ keep: slow.keep });
  slow.hold();
  expect((await rest.ask('PUT', '/devices/d1', { body: { deviceId: 'd1' } })).status).toBe(200);
});

test.each([
  ['the answer to a report', REPORT, '{"a":1}', 0],
  ['the PUBACK of telemetry', EVENTS, 'x', 1],
] as const)('MQTT sends %s when it is on disk', async (_, topic, payload, qos) => {
  const slow = slowStore();
  await using world = await openMqttHub({ keep: slow.keep });
  const { peer } = await MqttPeer.connect(world.port, world.credentials('d1'));
  await peer.subscribe('$iothub/twin/res/#');
  slow.hold();
  peer.publish(topic, payload, { qos, messageId: 9 });
  expect(await orderOf(slow, peer.next())).toEqual(['kept', 'answered']);
  await peer.vanish();
});

test('a device hears of desired properties when they are on disk', async () => {
  const slow = slowStore();
  await using world = await openMqttHub({ keep: slow.keep });
  const { peer } = await MqttPeer.connect(world.port, world.credentials('d1'));
  await peer.subscribe('$iothub/twin/PATCH/properties/desired/#');
  slow.hold();
  world.hub.twins.patch('d1', { properties: { desired: { rate: 5 } } });
  expect(await orderOf(slow, peer.next())).toEqual(['kept', 'answered']);
  await peer.vanish();
});

test('AMQP accepts a message when it is on disk', async () => {
  const slow = slowStore();
  await using world = await openAmqpHub({ keep: slow.keep });
  const service = await world.service();
  const sender = await service.sender('/messages/devicebound');
  if (typeof sender === 'string') throw new Error(sender);
  slow.hold();
  const accepted = new Promise((done) => sender.once('accepted', done));
  sender.send({ to: '/devices/d1/messages/devicebound', body: rheaMessage.data_section(Buffer.from('hi')) });
  expect(await orderOf(slow, accepted)).toEqual(['kept', 'answered']);
});

test('a write that cannot be kept is 503 and undone; reads go on, and writes when there is room again', async () => {
  const slow = slowStore();
  await using rest = await startRest({ keep: slow.keep });
  const patch = (n: number) => rest.ask('PATCH', '/twins/d1', { body: { tags: { n } } });
  await rest.ask('PUT', '/devices/d1', { body: { deviceId: 'd1' } });
  await patch(1);
  const told: string[] = [];
  rest.hub.events.listen((event) => {
    if (event.type === 'store.failed') told.push(event.cause);
    if (event.type === 'store.recovered') told.push(event.type);
  });
  slow.store.failure = FULL;
  const reply = await patch(2);
  expect([reply.status, reply.headers['iothub-errorcode']]).toEqual([503, 'ServiceUnavailable']);
  expect((await patch(3)).status).toBe(503);
  const { status, body } = await rest.ask('GET', '/twins/d1');
  expect([status, body]).toEqual([200, expect.objectContaining({ tags: { n: 1 }, version: 3 })]);
  slow.store.failure = undefined;
  await expect.poll(async () => (await patch(4)).status).toBe(200);
  expect(slow.lines.map(({ level, text }) => [level, text])).toEqual([
    ['warn', 'Stopped taking writes'],
    ['info', 'Takes writes again'],
  ]);
  expect(told).toEqual(['the folder data cannot be written: No space left on device', 'store.recovered']);
});

test('MQTT closes a connection without a PUBACK when telemetry cannot be kept, and answers reads', async () => {
  const slow = slowStore();
  await using world = await openMqttHub({ keep: slow.keep });
  const { peer } = await MqttPeer.connect(world.port, world.credentials('d1'));
  slow.store.failure = FULL;
  peer.publish(EVENTS, 'x', { qos: 1, messageId: 9 });
  await expect(peer.next()).rejects.toThrow('closed');
  const { peer: next } = await MqttPeer.connect(world.port, world.credentials('d1'));
  next.publish('$iothub/twin/GET/?$rid=5');
  expect(await next.next()).toMatchObject({ topic: '$iothub/twin/res/200/?$rid=5' });
  next.publish(REPORT, '{"a":1}');
  await expect(next.next()).rejects.toThrow('closed');
  expect(world.hub.twins.get('d1').twin.reported.values).toEqual({});
});

test('AMQP rejects a message that cannot be kept', async () => {
  const slow = slowStore();
  await using world = await openAmqpHub({ keep: slow.keep });
  slow.store.failure = FULL;
  world.hub.twins.patch('d1', { tags: { a: 1 } });
  await expect.poll(() => slow.lines.length).toBe(1);
  const service = await world.service();
  const sent = { to: '/devices/d1/messages/devicebound', body: rheaMessage.data_section(Buffer.from('hi')) };
  expect(await service.send('/messages/devicebound', sent)).toBe('amqp:link:detach-forced');
  expect(world.hub.inbox.list('d1')).toEqual([]);
});

test('rows that were removed are written again, as a whole', async () => {
  const slow = slowStore();
  await using rest = await startRest({ keep: slow.keep });
  for (const id of ['d1', 'd2']) await rest.ask('PUT', `/devices/${id}`, { body: { deviceId: id } });
  slow.store.failure = new Error('data was removed');
  expect((await rest.ask('DELETE', '/devices/d2', { headers: { 'if-match': '*' } })).status).toBe(503);
  slow.store.isRemoved = true;
  slow.store.failure = undefined;
  const gone = () => rest.ask('DELETE', '/devices/d2', { headers: { 'if-match': '*' } });
  await expect.poll(async () => (await gone()).status).toBe(204);
  const devices = [...slow.store.rows.keys()].filter((key) => key.startsWith('state\0devices\0'));
  expect(devices).toEqual(['state\0devices\0d1']);
});

test('rows that were removed are written as a whole at the second attempt, too', async () => {
  const slow = slowStore();
  await using rest = await startRest({ keep: slow.keep });
  for (const id of ['d1', 'd2']) await rest.ask('PUT', `/devices/${id}`, { body: { deviceId: id } });
  const write = slow.store.write.bind(slow.store);
  slow.store.failure = new Error('data was removed');
  expect((await rest.ask('PUT', '/devices/d3', { body: { deviceId: 'd3' } })).status).toBe(503);
  slow.store.isRemoved = true;
  slow.store.failure = undefined;
  let isFull = true;
  slow.store.write = (writes) => {
    if (!isFull) return write(writes);
    isFull = false;
    return Promise.reject(FULL);
  };
  await expect.poll(() => slow.lines.length).toBe(2);
  const keys = [...slow.store.rows.keys()].filter((key) => /^(state.devices|format)\0/.test(key));
  expect(keys.sort()).toEqual(['format\0', 'state\0devices\0d1', 'state\0devices\0d2']);
});

test('a snapshot of which rows are damaged is not restored in part', async () => {
  const store = new MemoryStore();
  const { hub, events } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  hub.twins.patch('d1', { tags: { a: 1 } });
  const note = { at: 0, spaces: { ...Object.fromEntries(KEPT.map((space) => [space, [0, 0]])), timers: [1, 1] } };
  await store.write([{ key: 'snapshots\0one', text: JSON.stringify(note) }]);
  const { snapshots } = await readSnapshots(hub, store);
  const before = events.length;
  expect(() => new Snapshots(hub, undefined, snapshots).restore('one')).toThrow('the data folder is damaged');
  expect(hub.registry.find('d1')).toBeDefined();
  expect(hub.history.list('d1')).toHaveLength(2);
  expect(events).toHaveLength(before);
});
