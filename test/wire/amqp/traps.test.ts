import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Message, message as rheaMessage } from 'rhea';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { WEB_SOCKETS } from '../../../emulator/endpoints/protocols.ts';
import { DIAGNOSTICS_CHANNEL } from '../../../emulator/servers/diagnostics.ts';
import { webSocketUpgrade } from '../../../emulator/servers/http/web-socket.ts';
import type { AmqpClient } from '../../support/wire/amqp-client.ts';
import { type AmqpHub, openAmqpHub } from '../../support/wire/amqp-hub.ts';
import { policyToken } from '../../support/wire/authenticated-hub.ts';

// Traps for servers of AMQP that lie above the engine; test/wire/amqp/engine has the others.

let world: AmqpHub;
let client: AmqpClient;
beforeAll(async () => {
  world = await openAmqpHub();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  client = await world.service();
  return () => client.vanish();
});

const sendToDevice = (fields: Partial<Message>): Promise<string> =>
  client.send('/messages/devicebound', { to: '/devices/d1/messages/devicebound', body: 'x', ...fields } as Message); // as rhea has it

test('trap 12: a time is a timestamp in milliseconds, whether a client writes it as a date or as a number', async () => {
  const expiry = Date.parse('2026-11-24T00:00:00Z');
  for (const absolute_expiry_time of [new Date(expiry), expiry])
    expect(await sendToDevice({ absolute_expiry_time } as Partial<Message>)).toBe('accepted');
  const messages = world.hub.inbox.list('d1');
  expect(messages.map(({ item }) => item.system.expiryTimeUtc)).toEqual([
    '2026-11-24T00:00:00Z',
    '2026-11-24T00:00:00Z',
  ]);
});

const REPLY_ADDRESSES = [undefined, 'cbs', 'cbs-5b8a2c0e', '$management', 'nowhere'];

test.each(REPLY_ADDRESSES)(
  'trap 13: a token whose answer is to go to %s is answered on the link from $cbs',
  async (to) => {
    const reply = to === undefined ? {} : { reply_to: to };
    expect(await client.putToken(policyToken('service'), reply)).toBe(200);
  },
);

const askForHub = (fields: object) => {
  const name = world.hub.hostName.split('.')[0];
  const application_properties = { operation: 'READ', type: 'com.microsoft:eventhub', name };
  const body = rheaMessage.data_section(Buffer.of());
  return client.send('$management', { message_id: 'm1', application_properties, body, ...fields } as Message);
};

test.each(REPLY_ADDRESSES)(
  'trap 13: a question whose answer is to go to %s is answered on the link from $management',
  async (to) => {
    const answers = await client.receiver('$management', { target: { address: 'mine' } });
    expect(await askForHub(to === undefined ? {} : { reply_to: to })).toBe('accepted');
    const { correlation_id, application_properties } = (await client.next(answers)).message;
    expect([correlation_id, application_properties?.['status-code']]).toEqual(['m1', 200]);
  },
);

test('trap 18: neither the log nor events nor the diagnostics contain a token', async () => {
  const told: unknown[] = [];
  const note = (answered: unknown): void => void told.push(answered);
  subscribe(DIAGNOSTICS_CHANNEL, note);
  const secret = policyToken('iothubowner');
  const answers = await client.receiver('$management', { target: { address: 'mine' } });
  await askForHub({ application_properties: { operation: 'READ', type: 'unknown', security_token: secret } });
  await client.next(answers);
  await client.putToken(secret.replace('sig=', 'sig=AA'));
  await client.putToken(secret, { application_properties: { operation: 'unknown', security_token: secret } });
  unsubscribe(DIAGNOSTICS_CHANNEL, note);
  const [, signature = ''] = /sig=([^&]+)/.exec(secret) ?? [];
  const written = JSON.stringify([told, world.lines, world.events]);
  expect([signature.length > 20, told.length > 0, written.includes(signature)]).toEqual([true, true, false]);
});

test.each([
  ['/$iothub/websocket?iothub-no-client-cert=true', 'AMQPWSB10'],
  ['/$servicebus/websocket', 'AMQPWSB10'],
  // example_websockets_and_proxies_test.go of azeventhubs 2.0.2
  ['/$servicebus/websocket', 'amqp'],
])(
  'trap 25: the request for a WebSocket may have a whole URL as its target: https://localhost%s, %s',
  async (path, protocol) => {
    const http = createServer();
    const rows = WEB_SOCKETS.filter(({ server }) => server === 'amqp');
    http.on('upgrade', webSocketUpgrade(rows.map((row) => ({ ...row, accept: world.server.acceptWebSocket }))));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = http.address() as AddressInfo; // of TCP servers
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      'sec-websocket-protocol': protocol,
    };
    const asked = request({ host: '127.0.0.1', port, path: `https://localhost${path}`, headers }).end();
    const [response, socket] = await once(asked, 'upgrade');
    expect([response.statusCode, response.headers['sec-websocket-protocol']]).toEqual([101, protocol]);
    socket.destroy();
    http.close();
  },
);
