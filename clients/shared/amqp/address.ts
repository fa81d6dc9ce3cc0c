import type { AmqpAddress } from './connection.ts';

/** The ports of AMQP and WebSocket, unless the host name contains a port. */
const AMQPS = 5671;
const HTTPS = 443;

/** `host` is `name` or `name:port`. */
export const amqpAddress = (host: string, tls: AmqpAddress['tls'] = {}): AmqpAddress => ({
  ...split(host, AMQPS),
  tls,
});

/** The same through a WebSocket. */
export const amqpWebSocketAddress = (host: string, tls: AmqpAddress['tls'] = {}): AmqpAddress => {
  const place = split(host, HTTPS);
  return { ...place, tls, webSocket: `wss://${place.host}:${place.port}/$iothub/websocket` };
};

const split = (host: string, usual: number) => {
  const [, name = host, port = usual] = /^(.*):(\d+)$/.exec(host) ?? [];
  return { host: name, port: Number(port) };
};
