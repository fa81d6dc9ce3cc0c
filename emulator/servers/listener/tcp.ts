import type { AddressInfo, Server } from 'node:net';

/** A port on which the emulator cannot listen. */
export class PortError extends Error {
  override readonly name = 'PortError';
  /** The number of the port. */
  readonly port: number;
  /** The address to listen on. */
  readonly host: string;
  /** The code of the system's error, such as EADDRINUSE or EACCES. */
  readonly code: string;

  constructor(port: number, host: string, code: string) {
    super(`Cannot listen on ${host} port ${port}: ${code}`);
    this.port = port;
    this.host = host;
    this.code = code;
  }
}

export interface Address {
  readonly host: string;
  /** 0 is any free port. */
  readonly port: number;
}

/** Makes a server listen; returns the real port. Throws PortError. */
export const listen = (server: Server, { host, port }: Address, ipv6Only = false): Promise<number> =>
  new Promise((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      failed(new PortError(port, host, error.code ?? error.message)),
    );
    server.listen({ host, port, backlog: BACKLOG, ipv6Only }, () => {
      const address = server.address() as AddressInfo; // of a TCP server that listens
      done(address.port);
    });
  });

/** Devices of a whole fleet may connect at the same moment. */
const BACKLOG = 4096;

/** The same port on several hosts. */
export interface Binding {
  readonly port: number;
  /** The second and later ones may not exist on this machine. */
  readonly hosts: readonly string[];
  /** A server that handles the connections. */
  makeServer(): Server;
}

export interface Bound {
  readonly port: number;
  readonly servers: readonly Server[];
}

/** Listens on one port of every host; port 0 is the same free port on every host. Throws PortError. */
export const bind = async (binding: Binding, attempt = 1): Promise<Bound> => {
  const { hosts, makeServer } = binding;
  const servers: Server[] = [];
  let { port } = binding;
  for (const host of hosts) {
    const server = makeServer();
    try {
      port = await listen(server, { host, port }, hosts.length > 1);
      servers.push(server);
    } catch (error) {
      const code = error instanceof PortError ? error.code : '';
      if (servers.length > 0 && ABSENT.has(code)) continue;
      await closeServers(servers);
      // a port that was free on the first host may be in use on the second
      if (binding.port === 0 && code === 'EADDRINUSE' && attempt < ATTEMPTS) return bind(binding, attempt + 1);
      throw error;
    }
  }
  return { port, servers };
};

/** Errors for `::1` on machines without IPv6. */
const ABSENT: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);
const ATTEMPTS = 20;

/** Stops listening; resolves when every connection has ended. */
export const closeServers = async (servers: readonly Server[]): Promise<void> => {
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
};
