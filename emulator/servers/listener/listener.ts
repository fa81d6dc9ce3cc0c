import { createServer, type Server, type Socket } from 'node:net';
import type { HandshakeFaults } from './handshake-faults.ts';
import { type Credentials, failureOf, Handshakes, type TlsSettings } from './handshakes.ts';
import { recognize, type Spoken } from './recognize.ts';
import { bind, closeServers } from './tcp.ts';

/** A port to listen on, and what it speaks. */
export interface ListeningPort<S extends string> {
  /** 0 is any free port, the same on every host. */
  readonly number: number;
  /** False for a port without TLS. */
  readonly tls: boolean;
  readonly protocols: readonly Spoken<S>[];
}

/** The first bytes of a connection. */
export interface Beginning<S extends string> {
  /** The IP address of the client. */
  readonly address: string;
  /** The name to which it connected, if it sent one. */
  readonly hostName: string | undefined;
  readonly port: number;
  /** What the port speaks. */
  readonly expected: readonly S[];
  /** The server that takes the connection; without one it is closed. */
  readonly server: S | undefined;
  readonly bytes: Uint8Array;
}

export interface ListenerOptions<S extends string> extends Omit<TlsSettings, 'timeoutMs'> {
  /** Addresses to listen on; the second and later ones may not exist on this machine. */
  readonly hosts: readonly string[];
  readonly ports: readonly ListeningPort<S>[];
  /** The time that a connection may take for its handshake, and again until its first bytes, ms; default 10 s. */
  readonly timeoutMs?: number;
  /** Told how each connection begins. */
  readonly began?: ((beginning: Beginning<S>) => void) | undefined;
}

/** Takes connections, once it is known what they speak. */
export interface ConnectionHandlers<S extends string> extends HandshakeFaults {
  accept(server: S, socket: Socket): void;
}

export interface Listener {
  /** The real port numbers, in the order of the options. */
  readonly ports: readonly number[];
  /** Presents other certificates from the next connection on. */
  present(credentials: Credentials): void;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 60_000;

/** Listens on several ports, with TLS or without. Throws PortError. */
export const openListener = async <S extends string>(
  { timeoutMs = TIMEOUT_MS, ...options }: ListenerOptions<S>,
  handlers: ConnectionHandlers<S>,
): Promise<Listener> => {
  const connections = new Set<Socket>();
  let isClosing = false;
  const servers: Server[] = [];
  const speakers = new Map<number, ListeningPort<S>>();
  /** Hands a connection to its server, once its first bytes tell which one. */
  const dispatch = (socket: Socket): void => {
    const failure = failureOf(socket);
    const leaves = (): void => {
      if (!isClosing) options.failed?.(failure);
    };
    socket.on('error', ignore);
    socket.setTimeout(timeoutMs, () => {
      socket.off('close', leaves); // it has not left
      socket.destroy();
    });
    if (speakers.get(socket.localPort ?? 0)?.tls) socket.once('close', leaves);
    const { localPort: port = 0 } = socket;
    const protocols = speakers.get(port)?.protocols ?? [];
    recognize(socket, protocols, (server, bytes) => {
      const { address, hostName } = failure;
      options.began?.({ address, hostName, port, expected: protocols.map((one) => one.server), server, bytes });
      socket.setTimeout(0);
      socket.off('close', leaves);
      socket.removeAllListeners('timeout');
      if (server === undefined) socket.destroy();
      else handlers.accept(server, socket);
    });
  };
  const tls = new Handshakes({ ...options, timeoutMs }, handlers, dispatch);
  const accept = (socket: Socket, port: ListeningPort<S>): void => {
    connections.add(socket);
    socket.on('error', ignore);
    socket.on('close', () => connections.delete(socket));
    if (port.tls) tls.begin(socket);
    else dispatch(socket);
  };
  const close = async (): Promise<void> => {
    isClosing = true;
    const closing = closeServers(servers);
    for (const socket of connections) socket.destroy();
    await closing;
  };
  const numbers: number[] = [];
  try {
    for (const port of options.ports) {
      const known = speakers.get(port.number);
      if (known === undefined) {
        const makeServer = (): Server => createServer(LISTENING, (socket) => accept(socket, port));
        const bound = await bind({ port: port.number, hosts: options.hosts, makeServer });
        servers.push(...bound.servers);
        speakers.set(bound.port, port);
        numbers.push(bound.port);
      } else {
        // two protocols on one port
        speakers.set(port.number, { ...known, protocols: [...known.protocols, ...port.protocols] });
        numbers.push(port.number);
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { ports: numbers, close, present: (credentials) => tls.present(credentials) };
};

const LISTENING = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS, pauseOnConnect: true };

const ignore = (): void => {};
