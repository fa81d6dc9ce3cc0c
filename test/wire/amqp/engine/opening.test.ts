import { duplexPair } from 'node:stream';
import { expect, test } from 'vitest';
import { AmqpError } from '../../../../emulator/servers/amqp/engine/errors.ts';
import { AmqpPeer } from '../../../support/amqp/amqp-peer.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';
import { hex } from '../../../support/amqp/hex.ts';

const AMQP = '414d515000010000';
const SASL = '414d515003010000';

// part 2 §2.2
test.each([
  ['AMQP 1.0', AMQP, AMQP],
  ['SASL', SASL, SASL],
  ['TLS inside TLS', '414d515002010000', AMQP],
  ['AMQP 0-9-1', '414d515000000901', AMQP],
  ['AMQP 1.1', '414d515000010100', AMQP],
  ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex'), AMQP],
])('a client that asks for %s gets a protocol header that is supported', async (_what, asked, answered) => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.raw(asked);
  expect(await peer.next()).toEqual({ type: 'header', bytes: answered });
  if (asked !== answered) expect(await peer.rest()).toEqual([]);
});

test('SASL offers the mechanisms that all known clients find theirs among, in their order', async () => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.header(3);
  await peer.expect('header');
  expect(await peer.next()).toEqual({
    type: 'sasl_mechanisms',
    sasl_server_mechanisms: ['MSSBCBS', 'EXTERNAL', 'ANONYMOUS', 'PLAIN'],
  });
});

test.each([
  ['MSSBCBS', undefined, { mechanism: 'MSSBCBS', hostname: 'h' }],
  ['EXTERNAL', Buffer.from(''), { mechanism: 'EXTERNAL', hostname: 'h' }],
  ['EXTERNAL', undefined, { mechanism: 'EXTERNAL', hostname: 'h' }],
  ['ANONYMOUS', Buffer.from('trace'), { mechanism: 'ANONYMOUS', hostname: 'h' }],
  [
    'PLAIN',
    Buffer.from('\0service@sas.root.hub\0good'),
    { mechanism: 'PLAIN', hostname: 'h', username: 'service@sas.root.hub', password: 'good' },
  ],
  [
    'PLAIN',
    Buffer.from('other\0user\0good'),
    { mechanism: 'PLAIN', hostname: 'h', username: 'user', password: 'good' },
  ],
])('SASL %s with response %s succeeds', async (mechanism, initial_response, attempt) => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.header(3);
  peer.send('sasl_init', { mechanism, initial_response, hostname: 'h' });
  expect(await peer.expect('sasl_outcome', ['header', 'sasl_mechanisms'])).toMatchObject({ code: 0 });
  await peer.open();
  expect(world.broker.attempts).toEqual([attempt]);
});

test('SASL PLAIN without a response is asked for it', async () => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.header(3);
  peer.send('sasl_init', { mechanism: 'PLAIN' });
  await peer.expect('sasl_challenge', ['header', 'sasl_mechanisms']);
  peer.send('sasl_response', { response: Buffer.from('\0u\0good') });
  expect(await peer.next()).toMatchObject({ type: 'sasl_outcome', code: 0 });
});

test.each([
  ['PLAIN', Buffer.from('\0user\0bad')],
  ['PLAIN', Buffer.from('no separators')],
  ['PLAIN', Buffer.from('\0a\0b\0c')],
  ['SCRAM-SHA-1', Buffer.from('n,,n=u,r=x')],
])('SASL %s with %s is refused, and the connection closed', async (mechanism, initial_response) => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.header(3);
  peer.send('sasl_init', { mechanism, initial_response });
  const heard = await peer.rest();
  expect(heard.at(-1)).toMatchObject({ type: 'sasl_outcome', code: 1 });
  expect(world.broker.endings).toMatchObject([{ by: 'engine', error: { condition: 'amqp:unauthorized-access' } }]);
});

test('an application may authenticate a peer asynchronously', async () => {
  await using world = new EngineWorld();
  const [near, far] = duplexPair();
  const asked = new Promise<(isIn: boolean) => void>((ask) => {
    const authenticate = () => new Promise<boolean>((answer) => ask(answer));
    world.engine.accept(far, { ...world.broker.application(), authenticate });
  });
  const peer = new AmqpPeer(near);
  peer.header(3);
  peer.send('sasl_init', { mechanism: 'ANONYMOUS' });
  peer.header();
  peer.send('open', { container_id: 'c' });
  await peer.expect('sasl_mechanisms', ['header']);
  const answer = await asked; // which may be after the mechanisms have come
  answer(true);
  expect([await peer.next(), await peer.next(), await peer.next()]).toMatchObject([
    { type: 'sasl_outcome', code: 0 },
    { type: 'header' },
    { type: 'open' },
  ]);
});

test('an error while authenticating is reported, and the outcome tells the peer to try again', async () => {
  await using world = new EngineWorld();
  const [near, far] = duplexPair();
  world.engine.accept(far, { ...world.broker.application(), authenticate: () => Promise.reject(new Error('no way')) });
  const peer = new AmqpPeer(near);
  peer.header(3);
  peer.send('sasl_init', { mechanism: 'ANONYMOUS' });
  expect((await peer.rest()).at(-1)).toMatchObject({ type: 'sasl_outcome', code: 2 });
  expect(world.faults).toEqual([new Error('no way')]);
});

test('an open may be refused', async () => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.header();
  peer.send('open', { container_id: 'c', hostname: 'nowhere' });
  expect((await peer.rest()).slice(1)).toMatchObject([
    { type: 'open', container_id: 'queues' },
    { type: 'close', error: { condition: 'amqp:not-found', description: 'Nobody is called nowhere' } },
  ]);
});

test('a frame before open closes the connection, after an open of ours', async () => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.header();
  peer.send('begin', { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 });
  expect((await peer.rest()).map(({ type }) => type)).toEqual(['header', 'open', 'close']);
});

test('a close is answered, and the connection ends', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q');
  peer.send('close', { error: { condition: 'amqp:connection:forced', description: 'enough' } });
  expect(await peer.rest()).toEqual([{ type: 'close' }]);
  const error = new AmqpError('amqp:connection:forced', 'enough');
  expect(world.broker.endings).toEqual([{ by: 'peer', error }]);
  expect(world.broker.detached).toEqual(['to-q-0 by peer: amqp:connection:forced']);
});

test('when a connection is lost, its links end', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q');
  await peer.receiver('q', 1);
  await peer.vanish();
  await new Promise(setImmediate);
  expect([world.broker.endings, world.broker.detached, world.engine.connections]).toEqual([
    [{ by: 'network' }],
    ['to-q-0 by network', 'from-q-1 by network'],
    0,
  ]);
});

test('an application may close a connection and say why', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  world.broker.connections[0]?.close(new AmqpError('amqp:unauthorized-access', 'The token has expired'));
  expect(await peer.rest()).toEqual([
    { type: 'close', error: { condition: 'amqp:unauthorized-access', description: 'The token has expired' } },
  ]);
  expect(world.broker.endings).toMatchObject([{ by: 'application' }]);
});

test('an application may drop a connection', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  world.broker.connections[0]?.destroy();
  expect(await peer.rest()).toEqual([]);
  expect(world.broker.endings).toEqual([{ by: 'application' }]);
});

test('an engine that is closed tells every peer, and does not wait for longer than a second', async () => {
  const world = new EngineWorld();
  const peers = [await world.connect(), await world.connect()];
  const closed = world.engine.close();
  for (const peer of peers)
    expect(await peer.expect('close')).toMatchObject({ error: { condition: 'amqp:connection:forced' } });
  world.clock.advance(1000);
  await closed;
  expect(world.engine.connections).toBe(0);
  await world[Symbol.asyncDispose]();
});

test('bytes that come one by one are understood', async () => {
  await using world = new EngineWorld();
  const peer = world.dial();
  for (const byte of hex(`${AMQP} 00000010 02000000 00531045 00000000`)) {
    peer.raw(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
  await peer.expect('header');
  await peer.expect('open');
});

test('a peer that is authorized after it has gone has no timers', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.vanish();
  await new Promise(setImmediate);
  world.broker.connections[0]?.authorize();
  world.clock.advance(1_000_000);
  expect(world.broker.endings).toEqual([{ by: 'network' }]);
});

test('the application learns why a connection was refused', async () => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.raw(Buffer.from('GET / HTTP/1.1\r\n'));
  await peer.rest();
  const error = new AmqpError(
    'amqp:not-implemented',
    'Only AMQP 1.0 is supported; the first bytes were 474554202f204854',
  );
  expect(world.broker.endings).toEqual([{ by: 'engine', error }]);
});

test.each([
  [1_000_000, 1],
  [1_100_000, 0],
])('a peer that sends %i bytes more after a close: connections left are %i', async (size, left) => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  world.broker.connections[0]?.close();
  await peer.expect('close');
  for (let at = 0; at < size; at += 50_000) {
    peer.raw(Buffer.alloc(50_000));
    await new Promise(setImmediate);
  }
  await new Promise(setImmediate);
  expect(world.engine.connections).toBe(left);
});
