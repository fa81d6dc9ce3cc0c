import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';

type WebSockets = typeof import('ws');

const PATH = '/$iothub/websocket';
/** One MQTT packet of 256 KB with a long topic fits; fragments beyond 64 are an attack. */
const MAX_PAYLOAD = 340 * 1024;
const MAX_FRAGMENTS = 64;

/**
 * Turns HTTP upgrades at `/$iothub/websocket`, whatever the query, with the sub-protocol `mqtt` into byte streams;
 * refuses all others. ws is loaded at the first one.
 */
export const webSocketDoor = (
  take: (stream: Duplex, socket: Duplex) => void,
): ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) => {
  let loading: Promise<{ ws: WebSockets; server: WebSocketServer }> | undefined;
  const load = async (): Promise<{ ws: WebSockets; server: WebSocketServer }> => {
    const ws = await import('ws');
    // maxFragments is missing from ws' types
    const options = { noServer: true, maxPayload: MAX_PAYLOAD, maxFragments: MAX_FRAGMENTS, perMessageDeflate: false };
    return { ws, server: new ws.WebSocketServer({ ...options, clientTracking: false, handleProtocols: () => 'mqtt' }) };
  };
  return (request, socket, head) => {
    socket.on('error', ignore);
    if (pathOf(request) !== PATH) return refuse(socket, '404 Not Found');
    if (!protocolsOf(request).includes('mqtt')) return refuse(socket, '400 Bad Request');
    loading ??= load();
    loading.then(
      ({ ws, server }) => {
        if (socket.destroyed) return;
        server.handleUpgrade(request, socket, head, (webSocket) => {
          webSocket.on('error', ignore);
          webSocket.on('message', (_data, isBinary) => onlyBinary(webSocket, isBinary));
          take(ws.createWebSocketStream(webSocket), socket);
        });
      },
      () => socket.destroy(),
    );
  };
};

const pathOf = ({ url = '' }: IncomingMessage): string => {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  return path.replace(/^\/%24/, '/$');
};

const protocolsOf = ({ headers }: IncomingMessage): string[] =>
  (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());

const refuse = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};

/** [MQTT-6.0.0-1] */
const onlyBinary = (webSocket: WebSocket, isBinary: boolean): void => {
  if (!isBinary) webSocket.terminate();
};

const ignore = (): void => {};
