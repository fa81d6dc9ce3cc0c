import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { HandshakeRefusals } from '../../../emulator/hosting/handshake-refusals.ts';
import { wrongProtocol } from '../../../emulator/hosting/wrong-protocol.ts';
import type { HubBus } from '../../../emulator/hub/events.ts';
import { startEmulator } from '../../../emulator/index.ts';
import { silentLog } from '../../../emulator/log.ts';
import { newHub } from '../../support/hub/hub.ts';
import { sharedCa } from '../../support/programs/command.ts';

test('a client on Node that does not trust the CA leaves one event, however often it tries', async () => {
  await using emulator = await startEmulator({ caDir: sharedCa });
  const refused = new Promise((done) => emulator.hub.events.listen((event) => event.type === 'refused' && done(event)));
  for (let attempt = 0; attempt < 2; attempt += 1)
    await new Promise((done) => connect({ port: emulator.ports.mqtt, ca: [] }).once('error', done));
  expect(await refused).toMatchObject({ what: 'handshake', code: 'left-without-alert' });
});

/** Resolves with the first refusal of a hub. */
const refusalOf = (events: HubBus): Promise<unknown> =>
  new Promise((done) => events.listen((event) => event.type === 'refused' && done(event)));

test('a client that wanted a fork is told of by that fork', async () => {
  await using emulator = await startEmulator({ caDir: sharedCa });
  await using fork = emulator.fork('lab');
  const refused = refusalOf(fork.hub.events);
  await new Promise((done) =>
    connect({ port: emulator.ports.mqtt, servername: 'lab.hub.localhost', ca: [] }).once('error', done),
  );
  expect(await refused).toMatchObject({ what: 'handshake', code: 'left-without-alert' });
});

const ALL = { https: 443, mqtt: 8883, amqp: 5671 };
const REMEDY = 'let the client use the port of its protocol: HTTPS, WS 443; MQTTS 8883; AMQPS 5671';

// how connections begin: RFC 9112 §3, MQTT 3.1.1 §3.1, OASIS AMQP 1.0 part 2 §2.2
test.each([
  ['GET / HTTP/1.1\r\n', 8883, 'mqtt', undefined, 'not-mqtt', 'it speaks HTTP, and port 8883 takes MQTT'],
  ['AMQP\x00', 8883, 'mqtt', undefined, 'not-mqtt', 'it speaks AMQP, and port 8883 takes MQTT'],
  ['?', 8883, 'mqtt', undefined, 'not-mqtt', 'it speaks an unknown protocol, and port 8883 takes MQTT'],
  ['\x10A', 5671, 'amqp', undefined, 'not-amqp', 'it speaks MQTT, and port 5671 takes AMQP'],
  ['AMQP\x03', 443, 'http', 'http', 'not-http', 'it speaks AMQP, and port 443 takes HTTP'],
] as const)('%j on port %d is a refusal with cause and remedy', (text, port, expected, server, code, cause) => {
  const bytes = Buffer.from(text);
  expect(wrongProtocol({ port, expected: [expected], server, bytes }, ALL)).toEqual({ code, cause, remedy: REMEDY });
});

test('HTTP where it belongs is not a refusal', () => {
  const bytes = Buffer.from('GET / HTTP/1.1\r\n');
  expect(wrongProtocol({ port: 443, expected: ['http'], server: 'http', bytes }, ALL)).toBeUndefined();
});

// the names of https://docs.openssl.org/3.0/man3/SSL_alert_type_string/ as Node makes codes of them
test.each([
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'untrusted-ca'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'certificate-not-accepted'],
  ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'certificate-not-accepted'],
  ['ERR_SSL_HTTP_REQUEST', 'no-tls'],
])('%s is told of as %s, once for each address and minute', (error, code) => {
  const { hub, events } = newHub();
  let now = 0;
  const refusals = new HandshakeRefusals({ hubAt: () => hub, log: silentLog }, () => now);
  const tell = (address: string): void => refusals.tell({ address, hostName: 'hub.local', code: error });
  tell('10.0.0.7');
  tell('10.0.0.7');
  tell('10.0.0.8');
  now = 60_000;
  tell('10.0.0.7');
  expect(events.map((event) => event.type === 'refused' && [event.code, event.subject])).toEqual([
    [code, '10.0.0.7'],
    [code, '10.0.0.8'],
    [code, '10.0.0.7'],
  ]);
});
