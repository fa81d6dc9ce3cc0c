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

/** Why an upgrade was refused. */
export interface UpgradeRefusal {
  readonly subject: string;
  readonly code: 'unknown-websocket-path' | 'unknown-websocket-protocol';
  readonly cause: string;
  readonly remedy: string;
}

/** An MQTT packet of 256 KB with a long topic fits. More fragments than this are an attack. */
const MAX_PAYLOAD = 340 * 1024;
const MAX_FRAGMENTS = 64;

/**
 * Turns HTTP upgrades into byte streams, by path (whatever the query) and sub-protocol; refuses all others, and tells `refused`.
 * ws is loaded at the first upgrade.
 */
export const webSocketUpgrade = (
  known: readonly WebSocketProtocol[],
  refused: (refusal: UpgradeRefusal) => void = ignore,
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
    const there = known.filter(({ path }) => path === pathOf(request));
    const found = find(there, request);
    if (found === undefined) {
      refused(there.length === 0 ? wrongPath(request, known) : wrongProtocol(request, there));
      return endConnection(socket, there.length === 0 ? '404 Not Found' : '400 Bad Request');
    }
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
  const names = offered(request)
    .split(',')
    .map((name) => name.trim());
  return names.flatMap((name) => there.find(({ protocol }) => protocol === name) ?? [])[0];
};

const offered = ({ headers }: IncomingMessage): string => headers['sec-websocket-protocol'] ?? '';

const wrongPath = ({ url = '' }: IncomingMessage, known: readonly WebSocketProtocol[]): UpgradeRefusal => ({
  subject: url,
  code: 'unknown-websocket-path',
  cause: 'no WebSocket is at this path',
  remedy: `use ${[...new Set(known.map(({ path }) => path))].join(' or ')}`,
});

const wrongProtocol = (request: IncomingMessage, there: readonly WebSocketProtocol[]): UpgradeRefusal => ({
  subject: request.url ?? '',
  code: 'unknown-websocket-protocol',
  cause: `the sub-protocol ${JSON.stringify(offered(request))} is not spoken at this path`,
  remedy: `ask for ${there.map(({ protocol }) => protocol).join(' or ')} in Sec-WebSocket-Protocol`,
});

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
