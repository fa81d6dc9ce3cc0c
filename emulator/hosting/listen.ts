import type { Certificates } from '../certificates/certificates.ts';
import { mintUntrusted } from '../certificates/mint.ts';
import { hostsOf } from '../endpoints/addresses.ts';
import { type ClientPorts, PROTOCOLS, protocolsOn } from '../endpoints/protocols.ts';
import type { Log } from '../log.ts';
import type { Options } from '../options.ts';
import { openListener } from '../servers/listener/listener.ts';
import { HandshakeRefusals } from './handshake-refusals.ts';
import type { HostedHubs } from './host-hubs.ts';

/** Opens a port for every protocol; gives the real numbers. Throws PortError. */
export const listenForClients = async (
  options: Options,
  { key, cert }: Certificates,
  { deviceCa, forks }: Pick<HostedHubs, 'deviceCa' | 'forks'>,
  log: Log,
): Promise<{ readonly ports: ClientPorts; close(): Promise<void> }> => {
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
  return { ports: opened, close: () => listener.close() };
};
