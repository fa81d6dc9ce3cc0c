import type { Certificates } from '../certificates/certificates.ts';
import { mintUntrusted } from '../certificates/mint.ts';
import { hostsOf } from '../endpoints/addresses.ts';
import { type ClientPorts, PROTOCOLS, protocolsOn, type ServerName } from '../endpoints/protocols.ts';
import type { Log } from '../log.ts';
import type { Options } from '../options.ts';
import { type Listener, openListener } from '../servers/listener/listener.ts';
import { HandshakeRefusals } from './handshake-refusals.ts';
import type { HostedHubs } from './host-hubs.ts';

/** The ports of clients. */
export interface ClientListener {
  readonly ports: ClientPorts;
  /** The port of AMQP without TLS; undefined if there is none. */
  readonly plainAmqp: number | undefined;
  close(): Promise<void>;
}

/** Opens a port for every protocol; gives the real numbers. Throws PortError. */
export const listenForClients = async (
  options: Options,
  { key, cert }: Certificates,
  { deviceCa, forks }: Pick<HostedHubs, 'deviceCa' | 'forks'>,
  log: Log,
): Promise<ClientListener> => {
  const ports = PROTOCOLS.map((row) => {
    const number = options[row.option];
    return { number, tls: row.tls, protocols: protocolsOn(row, number, options.lenientPorts) };
  });
  const hosts = hostsOf(options.host);
  const refusals = new HandshakeRefusals({ log, hubAt: (hostName) => forks.hubAt(hostName) });
  let opened: ClientPorts | undefined;
  const listener = await openListener(
    {
      key,
      cert,
      deviceCa,
      hosts,
      ports,
      issueUntrusted: mintUntrusted,
      failed: (failure) => refusals.tell(failure),
      began: (beginning) => {
        if (opened !== undefined) refusals.began(beginning, opened);
      },
    },
    forks,
  );
  const numbers = PROTOCOLS.map(({ name }, index) => [name, listener.ports[index]] as const);
  // one number for each port that was asked for
  opened = Object.fromEntries(numbers) as ClientPorts;
  const plain = await openPlainAmqp(options, { key, cert }, forks).catch(async (error: unknown) => {
    await listener.close();
    throw error;
  });
  const close = async (): Promise<void> => {
    await plain?.close();
    await listener.close();
  };
  return { ports: opened, plainAmqp: plain?.ports[0], close };
};

/** On loopback only: without TLS, keys and messages can be read on the way. */
const openPlainAmqp = async (
  { amqpPlainPort: number }: Options,
  { key, cert }: Pick<Certificates, 'key' | 'cert'>,
  forks: HostedHubs['forks'],
): Promise<Listener | undefined> => {
  if (number === undefined) return undefined;
  const protocols = PROTOCOLS.filter(({ server }) => server === 'amqp');
  return openListener<ServerName>(
    {
      ...{ key, cert, deviceCa: undefined, issueUntrusted: mintUntrusted },
      hosts: hostsOf('localhost'),
      ports: [{ number, tls: false, protocols }],
    },
    forks,
  );
};
