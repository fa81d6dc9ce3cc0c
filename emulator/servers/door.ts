import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from 'node:tls';
import type { FaultEffect } from '../../protocol/fault.ts';
import { paced } from './pace.ts';
import { trickBy } from './trick.ts';

/** Key and certificate chains to present, PEM, one of each for every kind of key. */
export interface Credentials {
  readonly key: readonly string[];
  readonly cert: readonly string[];
}

export interface DoorOptions extends Credentials {
  /** Addresses to listen on; the second and later ones may be missing on this machine. */
  readonly hosts: readonly string[];
  /** Ports to listen on, on every host; 0 is any free one, the same on every host. */
  readonly ports: readonly number[];
  /** CAs whose devices may come in by certificate, and what they have revoked, PEM. */
  readonly deviceCa?: { readonly ca: string; readonly crl: string | undefined } | undefined;
  /** How long a connection may take for its handshake, and again to say something, in ms; default 10 s. */
  readonly patience?: number;
}

/** Who lives behind the door: each gets connections whose first bytes are its own. */
export interface Residents {
  /** True while something may befall handshakes. */
  readonly isTreacherous?: boolean;
  /** Asked then: what shall befall the handshake of a client that dials `name`. */
  trick?(name: string): FaultEffect | undefined;
  mqtt(socket: TLSSocket): void;
  http(socket: TLSSocket): void;
}

export interface Door {
  /** The real ports, in the order asked for. */
  readonly ports: readonly number[];
  /** Presents other certificates from the next connection on. */
  present(credentials: Credentials): void;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

/** A port that cannot be listened on; `code` is the system's, such as EADDRINUSE or EACCES. */
export class PortError extends Error {
  override readonly name = 'PortError';
  readonly port: number;
  readonly host: string;
  readonly code: string;

  constructor(port: number, host: string, code: string) {
    super(`Cannot listen on ${host} port ${port}: ${code}`);
    this.port = port;
    this.host = host;
    this.code = code;
  }
}

const PATIENCE = 10_000;
const KEEP_ALIVE = 60_000;
const BACKLOG = 4096;
const MQTT_CONNECT = 0x10;
const HANDSHAKES_PER_TURN = 32;

/** Opens one TLS door on several ports: the first byte tells MQTT from HTTP. Throws PortError. */
export const openDoor = async (options: DoorOptions, residents: Residents): Promise<Door> => {
  const connections = new Set<Socket>();
  let presented: Credentials = options;
  const tls = tlsServer(options, residents);
  let treacherous: TlsServer | undefined;
  /** Made when first needed: to be asked for a name costs every handshake something. */
  const trickster = (): TlsServer => {
    treacherous ??= tlsServer({ ...options, ...presented }, residents, { SNICallback: trickBy(residents) });
    return treacherous;
  };
  const shakeHands = paced(HANDSHAKES_PER_TURN, (socket: Socket): void => {
    if (!socket.destroyed) (residents.isTreacherous ? trickster() : tls).emit('connection', socket);
  });
  const admit = (socket: Socket): void => {
    connections.add(socket);
    socket.on('error', ignore);
    socket.on('close', () => connections.delete(socket));
    shakeHands(socket);
  };
  const opened: Server[] = [];
  const close = async (): Promise<void> => {
    const closing = opened.map((server) => new Promise((done) => server.close(done)));
    for (const socket of connections) socket.destroy();
    await Promise.all(closing);
  };
  const ports: number[] = [];
  try {
    for (const [index, port] of options.ports.entries()) {
      const earlier = port === 0 ? -1 : options.ports.indexOf(port);
      const known = earlier >= 0 && earlier < index ? ports[earlier] : undefined;
      ports.push(known ?? (await listenEverywhere({ port, hosts: options.hosts, admit }, opened)));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ports,
    close,
    present: (credentials) => {
      presented = credentials;
      for (const server of [tls, treacherous])
        server?.setSecureContext({ ...context(credentials), ...trustOf(options) });
    },
  };
};

const tlsServer = (options: DoorOptions, residents: Residents, more: TlsOptions = {}): TlsServer => {
  const patience = options.patience ?? PATIENCE;
  const server = createTlsServer({
    ...context(options),
    ...trustOf(options),
    requestCert: true,
    rejectUnauthorized: false, // devices with certificates of their own making are recognised by thumbprint
    handshakeTimeout: patience,
    ...more,
  });
  server.on('secureConnection', (socket) => {
    socket.setTimeout(patience, () => socket.destroy());
    welcome(socket, residents);
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
};

const context = ({ key, cert }: Credentials): Parameters<TlsServer['setSecureContext']>[0] => ({
  key: [...key],
  cert: [...cert],
  minVersion: 'TLSv1.2',
});

const trustOf = ({ deviceCa }: DoorOptions): { ca?: string; crl?: string } => ({
  ...(deviceCa === undefined ? {} : { ca: deviceCa.ca }),
  ...(deviceCa?.crl === undefined ? {} : { crl: deviceCa.crl }),
});

const welcome = (socket: TLSSocket, residents: Residents): void => {
  socket.on('error', ignore);
  const peek = (): void => {
    const first: Buffer | null = socket.read();
    if (first === null) return; // 'readable' also tells of the end
    socket.off('readable', peek);
    socket.setTimeout(0);
    socket.removeAllListeners('timeout');
    socket.unshift(first);
    if (first[0] === MQTT_CONNECT) residents.mqtt(socket);
    else residents.http(socket);
  };
  socket.on('readable', peek);
};

interface Place {
  readonly port: number;
  readonly hosts: readonly string[];
  admit(socket: Socket): void;
}

/** Machines without IPv6 say one of these of `::1`. */
const ABSENT = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);
const ATTEMPTS = 20;

const listenEverywhere = async (place: Place, opened: Server[], attempt = 1): Promise<number> => {
  const mine: Server[] = [];
  let { port } = place;
  for (const host of place.hosts) {
    try {
      const server = await listen(place, host, port);
      mine.push(server);
      port = portOf(server);
    } catch (error) {
      const code = error instanceof PortError ? error.code : undefined;
      if (mine.length > 0 && code !== undefined && ABSENT.has(code)) continue;
      await Promise.all(mine.map((server) => new Promise((done) => server.close(done))));
      // a port that was free on the first host may be taken on the second
      if (place.port === 0 && code === 'EADDRINUSE' && attempt < ATTEMPTS)
        return listenEverywhere(place, opened, attempt + 1);
      throw error;
    }
  }
  opened.push(...mine);
  return port;
};

const listen = (place: Place, host: string, port: number): Promise<Server> =>
  new Promise((done, failed) => {
    const server = createServer(LISTENING, place.admit);
    server.once('error', (error: NodeJS.ErrnoException) =>
      failed(new PortError(port, host, error.code ?? error.message)),
    );
    server.listen({ host, port, backlog: BACKLOG, ipv6Only: place.hosts.length > 1 }, () => done(server));
  });

const LISTENING = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE, pauseOnConnect: true };

const portOf = (server: Server): number => {
  const address = server.address() as AddressInfo; // of a TCP server that listens
  return address.port;
};

const ignore = (): void => {};
