import { duplexPair } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../../emulator/log.ts';
import type {
  ClientConnection,
  ClientSession,
  MqttApplication,
} from '../../../emulator/servers/mqtt/broker/application.ts';
import { Broker } from '../../../emulator/servers/mqtt/broker/broker.ts';
import { MqttPeer } from '../../support/wire/mqtt-peer.ts';

let broker: Broker | undefined;
let closed: Promise<unknown> | undefined;
/** What the application of the present test was asked for, and what the log has of it. */
let calls: unknown[];
let failures: unknown[];
beforeEach(() => {
  calls = [];
  failures = [];
});
afterEach(async () => {
  await broker?.close();
  await closed;
});

/** A session that sends every message back, and serves all filters but `forbidden`. */
const echo = (connection: ClientConnection): ClientSession => ({
  isResumed: false,
  receive: ({ topic, payload, messageId }) => connection.answer(messageId, { topic, payload, qos: 0 }),
  receiveWill: ({ topic, payload }) => calls.push(['will', topic, payload.toString()]),
  subscribe: (filter, grant) => grant(filter !== 'forbidden'),
  subscribed: (subscriptions) => calls.push(['subscribed', ...subscriptions]),
  unsubscribed: (filters) => calls.push(['unsubscribed', ...filters]),
  drained: () => undefined,
  closed: (how) => calls.push(['closed', how]),
});

/** Starts a broker before `admit`, by default before `echo`, and connects to it. */
const dial = async (admit: MqttApplication['admit'] = (_, connection, decide) => decide(() => echo(connection))) => {
  const log = { ...silentLog, error: (_: string, cause: unknown) => failures.push(String(cause)) };
  broker = new Broker({ application: { admit, violated: () => {} }, log, longestKeepAlive: 60 });
  await broker.start();
  const [near, far] = duplexPair();
  near.once('close', () => far.destroy());
  far.once('close', () => near.destroy());
  broker.accept(far, { protocol: 'mqtt', socket: far });
  const peer = new MqttPeer(near);
  closed = new Promise((done) => far.once('close', done));
  return peer;
};
const CLIENT = { clientId: 'c1', username: 'someone', password: 'secret' };
const ACCEPTED = { cmd: 'connack', returnCode: 0, sessionPresent: false };

test('any service can be behind the broker, which knows no topics', async () => {
  const asked: unknown[] = [];
  const peer = await dial((request, connection, decide) => {
    asked.push(request);
    decide(() => echo(connection));
  });
  expect(await peer.connect(CLIENT)).toEqual(ACCEPTED);
  expect(asked).toEqual([{ ...CLIENT, clean: true }]);
  expect(await peer.subscribe('a/#', 1)).toEqual({ cmd: 'suback', messageId: 7, granted: [1] });
  expect(await peer.subscribe('forbidden')).toEqual({ cmd: 'suback', messageId: 7, granted: [128] });
  peer.publish('a/b', 'x', { qos: 1, messageId: 3 });
  expect([await peer.next(), await peer.next()]).toEqual([
    { cmd: 'puback', messageId: 3 },
    { cmd: 'publish', topic: 'a/b', payload: 'x', qos: 0 },
  ]);
  peer.send({ cmd: 'unsubscribe', messageId: 8, unsubscriptions: ['a/#'] });
  expect(await peer.next()).toEqual({ cmd: 'unsuback', messageId: 8 });
  peer.send({ cmd: 'disconnect' });
  await peer.closed;
  expect(calls).toEqual([
    ['subscribed', { filter: 'a/#', qos: 1 }],
    ['unsubscribed', 'a/#'],
    ['closed', 'client'],
  ]);
});

test('a client that is refused gets the return code, and no session', async () => {
  const peer = await dial((_request, _connection, decide) => decide(4));
  expect(await peer.connect(CLIENT)).toEqual({ ...ACCEPTED, returnCode: 4 });
  await peer.closed;
  expect([calls, broker?.connections]).toEqual([[], 0]);
});

test('what is sent before the CONNACK comes after it', async () => {
  const peer = await dial((_request, connection, decide) =>
    decide(() => {
      connection.publish({ topic: 'early', payload: '', qos: 0 });
      return echo(connection);
    }),
  );
  expect(await peer.connect(CLIENT)).toEqual(ACCEPTED);
  expect(await peer.next()).toMatchObject({ topic: 'early' });
});

test('a CONNACK may be the last packet', async () => {
  const peer = await dial((_request, connection, decide) => decide(() => echo(connection), 'last'));
  expect(await peer.connect(CLIENT)).toEqual(ACCEPTED);
  await peer.closed;
  expect(calls).toEqual([['closed', 'lost']]);
});

test('a SUBACK may be lost, or be the last packet, with the filter granted', async () => {
  const peer = await dial((_request, connection, decide) =>
    decide(() => ({
      ...echo(connection),
      subscribe: (filter, grant) => grant(true, filter === 'lost' ? 'lost' : 'last'),
    })),
  );
  await peer.connect(CLIENT);
  peer.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'lost', qos: 0 }] });
  expect(await peer.settle()).toEqual([]);
  expect(await peer.subscribe('last')).toEqual({ cmd: 'suback', messageId: 7, granted: [0] });
  await peer.closed;
  expect(calls).toEqual([
    ['subscribed', { filter: 'lost', qos: 0 }],
    ['subscribed', { filter: 'last', qos: 0 }],
    ['closed', 'lost'],
  ]);
});

test('a client that vanishes leaves its will', async () => {
  const peer = await dial();
  await peer.connect({ ...CLIENT, will: { topic: 'a/will', payload: 'gone' } });
  await peer.vanish();
  await closed;
  expect(calls.sort()).toEqual([
    ['closed', 'lost'],
    ['will', 'a/will', 'gone'],
  ]);
});

test('a client is refused with code 3 if the application throws at its CONNECT', async () => {
  const peer = await dial((_request, _connection, decide) =>
    decide(() => {
      throw new RangeError('a bug');
    }),
  );
  expect(await peer.connect(CLIENT)).toEqual({ ...ACCEPTED, returnCode: 3 });
  expect([failures, broker?.connections]).toEqual([['RangeError: a bug'], 0]);
});

test('an application that throws loses the connection, and the log has the error', async () => {
  const peer = await dial((_request, connection, decide) =>
    decide(() => ({
      ...echo(connection),
      receive: () => {
        throw new RangeError('a bug');
      },
    })),
  );
  await peer.connect(CLIENT);
  peer.publish('a', 'x');
  peer.publish('b', 'x');
  await peer.closed;
  expect(failures).toEqual(['RangeError: a bug']);
});
