import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { endConnection } from './end-connection.ts';

type WebSockets = typeof import('ws');

/** A protocol that can be spoken inside of a WebSocket. */
export interface WebSocketProtocol {
  readonly path: string;
  /** The sub-protocol that the client asks for. */
  readonly protocol: string;
  /** Takes the stream of bytes inside of the WebSocket, and the connection around it. */
  accept(stream: Duplex, socket: Duplex): void;
}

/** An MQTT packet of 256 KB with a long topic fits. More fragments than this are an attack. */
const MAX_PAYLOAD = 340 * 1024;
const MAX_FRAGMENTS = 64;

/**
 * Turns HTTP upgrades into byte streams, by path (whatever the query) and sub-protocol; refuses all others. ws is loaded at
 * the first upgrade.
 */
export const webSocketUpgrade = (
  known: readonly WebSocketProtocol[],
): ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) => {
  let loading: Promise<{ ws: WebSockets; server: WebSocketServer }> | undefined;
  const load = async (): Promise<{ ws: WebSockets; server: WebSocketServer }> => {
    const ws = await import('ws');
    // maxFragments is missing from ws' types
    const options = { noServer: true, maxPayload: MAX_PAYLOAD, maxFragments: MAX_FRAGMENTS, perMessageDeflate: false };
    const handleProtocols = (_: unknown, request: IncomingMessage) => find(known, request)?.protocol ?? false;
    return { ws, server: new ws.WebSocketServer({ ...options, clientTracking: false, handleProtocols }) };
  };
  return (request, socket, head) => {
    socket.on('error', ignore);
    const path = pathOf(request);
    if (!known.some((one) => one.path === path)) return endConnection(socket, '404 Not Found');
    const found = find(known, request);
    if (found === undefined) return endConnection(socket, '400 Bad Request');
    loading ??= load();
    loading.then(
      ({ ws, server }) => {
        if (socket.destroyed) return;
        server.handleUpgrade(request, socket, head, (webSocket) => {
          webSocket.on('error', ignore);
          webSocket.on('message', (_data, isBinary) => onlyBinary(webSocket, isBinary));
          found.accept(ws.createWebSocketStream(webSocket), socket);
        });
      },
      () => socket.destroy(),
    );
  };
};

/** The first sub-protocol of the client's list that is known at the path. */
const find = (known: readonly WebSocketProtocol[], request: IncomingMessage): WebSocketProtocol | undefined => {
  const path = pathOf(request);
  const there = known.filter((one) => one.path === path);
  const names = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return names.flatMap((name) => there.find(({ protocol }) => protocol === name) ?? [])[0];
};

/** Java clients send the whole URL as the target of a request; uamqp, Python's AMQP library, ends the path with a slash. */
const pathOf = ({ url = '' }: IncomingMessage): string => {
  try {
    return decodeURIComponent(new URL(url, 'https://x').pathname).replace(/\/$/, '');
  } catch {
    return '';
  }
};

/** [MQTT-6.0.0-1]. */
const onlyBinary = (webSocket: WebSocket, isBinary: boolean): void => {
  if (!isBinary) webSocket.terminate();
};

const ignore = (): void => {};
