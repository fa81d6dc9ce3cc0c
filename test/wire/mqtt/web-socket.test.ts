import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWebSocketStream, WebSocket } from 'ws';
import { type MqttHub, openMqttHub } from '../../support/wire/mqtt-hub.ts';
import { MqttPeer, until } from '../../support/wire/mqtt-peer.ts';
import { closed, dial, testCertificates } from '../../support/wire/tls.ts';

let world: MqttHub;
let ca: string;
beforeAll(async () => {
  world = await openMqttHub();
  ca = (await testCertificates()).ca ?? '';
});
afterAll(() => world[Symbol.asyncDispose]());

const open = async (path = '/$iothub/websocket', protocols: string | string[] = 'mqtt'): Promise<WebSocket> => {
  const socket = new WebSocket(`wss://127.0.0.1:${world.port}${path}`, protocols, { ca });
  await once(socket, 'open');
  return socket;
};
test.each(['/$iothub/websocket', '/$iothub/websocket?iothub-no-client-cert=true', '/%24iothub/websocket'])(
  'MQTT runs over a WebSocket at %s',
  async (path) => {
    const socket = await open(path);
    expect([socket.protocol, socket.extensions]).toEqual(['mqtt', '']);
    const peer = new MqttPeer(createWebSocketStream(socket));
    expect(await peer.connect(world.credentials('d1'))).toEqual({
      cmd: 'connack',
      returnCode: 0,
      sessionPresent: false,
    });
    expect(world.hub.sessions.find('d1')?.protocol).toBe('mqtt-ws');
    peer.publish('$iothub/twin/GET/?$rid=1', ' ');
    expect(await peer.next()).toMatchObject({ topic: '$iothub/twin/res/200/?$rid=1' });
    await peer.vanish();
    await until(() => world.server.connections === 0);
  },
);

test('packets may be cut and joined across frames', async () => {
  const socket = await open();
  const peer = new MqttPeer(createWebSocketStream(socket));
  await peer.connect(world.credentials('d1'));
  for (const byte of [0xc0, 0x00, 0xc0]) socket.send(Buffer.from([byte]));
  socket.send(Buffer.from([0x00, 0xc0, 0x00]));
  for (let i = 0; i < 3; i += 1) expect(await peer.next()).toEqual({ cmd: 'pingresp' });
  await peer.vanish();
});

test('a message of 256 KB fits into one frame', async () => {
  const peer = new MqttPeer(createWebSocketStream(await open()));
  await peer.connect(world.credentials('d1'));
  peer.publish('devices/d1/messages/events/', Buffer.alloc(262_144), { qos: 1, messageId: 1 });
  expect(await peer.next()).toEqual({ cmd: 'puback', messageId: 1 });
  await peer.vanish();
});

test.each([
  ['another path', '/elsewhere', 'mqtt', 404],
  ['another sub-protocol', '/$iothub/websocket', 'soap', 400],
  ['no sub-protocol', '/$iothub/websocket', [], 400],
])('%s is refused', async (_what, path, protocols, status) => {
  const socket = new WebSocket(`wss://127.0.0.1:${world.port}${path}`, protocols, { ca });
  const [, response] = await once(socket, 'unexpected-response');
  expect(response.statusCode).toBe(status);
  socket.on('error', () => undefined);
  socket.terminate();
});

test('text frames and frames of more than a packet close the connection', async () => {
  for (const data of ['text', Buffer.alloc(400 * 1024)]) {
    const socket = await open();
    socket.on('error', () => undefined);
    socket.send(data);
    await once(socket, 'close');
  }
});

test('an upgrade that breaks off has no effect on others', async () => {
  const socket = await dial(world.port);
  socket.write('GET /$iothub/websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n');
  socket.write('Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Version: 13\r\n\r\n');
  await closed(socket);
  const peer = new MqttPeer(createWebSocketStream(await open()));
  expect(await peer.connect(world.credentials('d1'))).toMatchObject({ returnCode: 0 });
  await peer.vanish();
});
