import { once } from 'node:events';
import { Duplex, duplexPair, PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Outbox } from '../../../emulator/servers/mqtt/broker/outbox.ts';
import { persistence } from '../../../emulator/servers/mqtt/broker/persistence.ts';
import { Takeover } from '../../../emulator/servers/mqtt/broker/takeover.ts';
import { publishPacket, Writer } from '../../../emulator/servers/mqtt/broker/writer.ts';
import { type MqttHub, openMqttHub } from '../../support/wire/mqtt-hub.ts';
import { MqttPeer, until } from '../../support/wire/mqtt-peer.ts';

let world: MqttHub;
beforeAll(async () => {
  world = await openMqttHub();
});
afterAll(() => world[Symbol.asyncDispose]());

test('a hundred times three simultaneous CONNECTs leave one session each', async () => {
  const options = world.credentials('d1');
  for (let round = 0; round < 100; round += 1) {
    const peers = await Promise.all([0, 1, 2].map(() => MqttPeer.dial(world.port)));
    // the second and third CONNECT may get no CONNACK, or get it and lose the connection
    peers.forEach((peer, i) => void peer.connect({ ...options, clean: i !== 0 }).catch(() => undefined));
    const gone = new Set<MqttPeer>();
    for (const peer of peers) void peer.closed.then(() => gone.add(peer));
    await until(() => gone.size === 2);
    const [winner = expect.unreachable()] = peers.filter((peer) => !gone.has(peer));
    await winner.subscribe('$iothub/twin/PATCH/properties/desired/#');
    expect(world.server.connections).toBe(1);
    expect([...world.hub.sessions.live()].length).toBe(1);
    if (round % 2) await winner.vanish();
    else void winner.vanish();
  }
  await until(() => world.server.connections === 0);
  expect(world.server.registered).toBe(0);
}, 60_000);

test('CONNECTs of one id at the same moment, clean or not, leave one session', async () => {
  const options = world.credentials('d1');
  for (let round = 0; round < 8; round += 1) {
    const peers = [0, 1, 2].map((i) => {
      const [near, far] = duplexPair();
      near.once('close', () => far.destroy());
      far.once('close', () => near.destroy());
      world.server.accept(far);
      const peer = new MqttPeer(near);
      void peer.connect({ ...options, clean: (round & (1 << i)) !== 0 }).catch(() => undefined);
      return peer;
    });
    const gone: MqttPeer[] = [];
    for (const peer of peers) void peer.closed.then(() => gone.push(peer));
    await until(() => gone.length === 2 && world.server.registered === 1);
    const winner = peers.find((peer) => !gone.includes(peer));
    expect(winner).toBe(peers[2]);
    await winner?.subscribe('$iothub/twin/PATCH/properties/desired/#');
    expect([world.server.connections, world.server.registered, [...world.hub.sessions.live()].length]).toEqual([
      1, 1, 1,
    ]);
    await winner?.vanish();
    await until(() => world.server.connections === 0);
  }
  expect(world.server.registered).toBe(0);
});

test('a connection that ends while it is being admitted is forgotten', async () => {
  // aedes takes several turns between the password and the CONNACK
  for (let turns = 0; turns < 12; turns += 1) {
    const stop = world.hub.events.listen(({ type }) => {
      if (type !== 'session.opened') return;
      let drop = (): void => world.hub.sessions.drop('d1', 'requested');
      for (let i = 0; i < turns; i += 1) {
        const next = drop;
        drop = () => queueMicrotask(next);
      }
      drop();
    });
    const peer = await MqttPeer.dial(world.port);
    void peer.connect(world.credentials('d1')).catch(() => undefined);
    await peer.closed;
    stop();
  }
  await until(() => world.server.connections === 0);
  expect(world.server.registered).toBe(0);
});

test('connections of one id are admitted one after the other, those of other ids do not wait', () => {
  const takeover = new Takeover();
  const began: string[] = [];
  const conns = [new PassThrough(), new PassThrough(), new PassThrough(), new PassThrough()] as const;
  takeover.enter('a', conns[0], () => began.push('a1'));
  takeover.enter('a', conns[1], () => began.push('a2'));
  takeover.enter('a', conns[2], () => began.push('a3'));
  takeover.enter('b', conns[3], () => began.push('b1'));
  expect(began).toEqual(['a1', 'b1']);
  takeover.leave('a', conns[0]);
  expect(began).toEqual(['a1', 'b1', 'a2']);
  conns[1].emit('close');
  expect(began).toEqual(['a1', 'b1', 'a2', 'a3']);
  takeover.leave('a', conns[2]);
  takeover.leave('b', conns[3]);
  expect(takeover.size).toBe(0);
});

test('a connection that is never authenticated is dropped at the deadline', async () => {
  const takeover = new Takeover(20);
  const stuck = new PassThrough();
  takeover.enter('a', stuck, () => undefined);
  await once(stuck, 'close');
  expect(takeover.size).toBe(0);
});

test('an unexpected PUBACK does not fail', async () => {
  const acknowledged: unknown[] = [];
  const store = persistence<string>({
    isResumed: () => false,
    acknowledged: (client, messageId) => acknowledged.push([client, messageId]),
  });
  await store.outgoingClearMessageId('d1', { messageId: 77 });
  expect(acknowledged).toEqual([['d1', 77]]);
});

/** Takes writes and never finishes them, like a client that does not read. */
class Stuffed extends Duplex {
  readonly chunks: Buffer[] = [];
  constructor() {
    super({ highWaterMark: 1 });
  }
  override _read(): void {}
  override _write(chunk: Buffer): void {
    this.chunks.push(chunk);
  }
}

test('a packet is one buffer, byte for byte', () => {
  // MQTT 3.1.1 §3.3: fixed header, topic, packet id, payload
  expect(publishPacket({ topic: 'a/b', payload: 'xy', qos: 0 }, 0).toString('hex')).toBe('30070003612f627879');
  expect(publishPacket({ topic: 'a/b', payload: Buffer.from('xy'), qos: 1 }, 10).toString('hex')).toBe(
    '32090003612f62000a7879',
  );
  const long = publishPacket({ topic: 't', payload: 'é'.repeat(100), qos: 0 }, 0);
  expect(long.subarray(0, 6).toString('hex')).toBe('30cb01000174');
  expect(long.length).toBe(3 + 203);
});

test('nothing overtakes the CONNACK', () => {
  const conn = new Stuffed();
  const writer = new Writer(conn);
  writer.write(Buffer.from('early'));
  expect(conn.chunks).toEqual([]);
  writer.open();
  expect(conn.chunks.map(String)).toEqual(['early']);
});

test('a client that reads slowly is dropped when 4 MB wait, not before', () => {
  const conn = new Stuffed();
  const writer = new Writer(conn);
  writer.open();
  const megabyte = Buffer.alloc(1024 * 1024);
  for (let i = 0; i < 4; i += 1) writer.write(megabyte);
  expect(conn.destroyed).toBe(false);
  writer.write(Buffer.alloc(1));
  expect(conn.destroyed).toBe(true);
});

test('what is written in one turn of the event loop leaves in one write', async () => {
  const conn = new Stuffed();
  const writer = new Writer(conn, new Outbox());
  writer.open();
  writer.write(Buffer.from('one '));
  writer.write(Buffer.from('two'));
  expect([conn.chunks, writer.waiting]).toEqual([[], 7]);
  await new Promise((done) => setImmediate(done));
  expect(conn.chunks.map(String)).toEqual(['one two']);
});

test('what waits is sent before a connection is closed', () => {
  const conn = new Stuffed();
  const writer = new Writer(conn, new Outbox());
  writer.open();
  writer.write(Buffer.from('last'));
  writer.flush();
  expect(conn.chunks.map(String)).toEqual(['last']);
});

test('packet ids are unique among unacknowledged messages, and never 0', () => {
  const conn = new Stuffed();
  const writer = new Writer(conn);
  const message = { topic: 't', payload: '', qos: 1 } as const;
  const heard: number[] = [];
  for (let i = 1; i <= 65_535; i += 1) writer.publish(message, () => heard.push(i));
  expect(conn.destroyed).toBe(false);
  expect([writer.acknowledge(5), writer.acknowledge(5), writer.acknowledge(0)]).toEqual([true, false, false]);
  writer.publish(message, () => heard.push(-5));
  expect(writer.acknowledge(5)).toBe(true);
  expect(heard).toEqual([5, -5]);
  writer.publish(message);
  writer.publish(message);
  expect(conn.destroyed).toBe(true);
});
