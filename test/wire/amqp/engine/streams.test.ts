import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { expect, test } from 'vitest';
import WebSocket, { createWebSocketStream, WebSocketServer } from 'ws';
import { AmqpPeer, dataMessage } from '../../../support/amqp/amqp-peer.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';
import { dial, testCertificates } from '../../../support/wire/tls.ts';

const LARGE = dataMessage(Buffer.alloc(200_000, 'x'));

/** A message comes in pieces and goes out in pieces; then the peer closes. */
const converse = async (peer: AmqpPeer): Promise<void> => {
  await peer.open();
  await peer.sender('q', 0);
  await peer.receiver('q', 1, 5);
  for (let at = 0; at < LARGE.length; at += 50_000)
    peer.transfer(0, 0, LARGE.subarray(at, at + 50_000), { more: at + 50_000 < LARGE.length });
  const pieces: Buffer[] = [];
  for (let more: unknown = true; more === true; ) {
    const transfer = await peer.expect('transfer', ['disposition']);
    more = transfer.more;
    if (Buffer.isBuffer(transfer.payload)) pieces.push(transfer.payload);
  }
  expect(Buffer.concat(pieces).equals(LARGE)).toBe(true);
  peer.send('close');
  await peer.expect('close', ['disposition']);
  await peer.closed;
};

test('over TLS', async () => {
  await using world = new EngineWorld();
  const { key, cert } = await testCertificates();
  const server = createServer({ key: [...key], cert: [...cert] }, (socket) =>
    world.engine.accept(socket, world.broker.application()),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo; // of a TCP server that listens
  await converse(new AmqpPeer(await dial(address.port)));
  server.close();
});

test('over WebSocket', async () => {
  await using world = new EngineWorld();
  const http = createHttpServer();
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'AMQPWSB10' });
  sockets.on('connection', (socket) => world.engine.accept(createWebSocketStream(socket), world.broker.application()));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address() as AddressInfo; // of a TCP server that listens
  const socket = new WebSocket(`ws://127.0.0.1:${address.port}/$iothub/websocket`, 'AMQPWSB10');
  await converse(new AmqpPeer(createWebSocketStream(socket)));
  sockets.close();
  http.close();
});
