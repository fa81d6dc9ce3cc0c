import type { Redirect } from '../intercept/redirect.ts';
import type { Options } from '../options.ts';
import { httpUrl, localAddress } from './addresses.ts';
import { forkHostName, redirectedHostName } from './host-names.ts';
import { areDefault, type ClientPorts, DEFAULT_PORTS, type Ports, PROTOCOLS } from './protocols.ts';

/** Where an emulator is, once it listens. */
export interface Endpoint {
  /** An address at which this machine reaches it. */
  readonly address: string;
  readonly ports: Ports;
  /** The port of AMQP without TLS; undefined if there is none. */
  readonly plainAmqp: number | undefined;
  readonly adminUrl: string;
  /** Its host name in connection strings. */
  readonly hostname: string;
  /** More names of its certificate. */
  readonly san: readonly string[];
}

export const endpointOf = (
  options: Pick<Options, 'host' | 'adminHost' | 'hostname' | 'san'>,
  ports: Ports,
  plainAmqp: number | undefined,
): Endpoint => ({
  address: localAddress(options.host),
  ports,
  plainAmqp,
  adminUrl: httpUrl(options.adminHost, ports.admin),
  hostname: options.hostname,
  san: options.san,
});

/**
 * The host name in the connection strings of a hub, or of a fork. SDKs append the usual ports to it. In a process whose
 * connections are `redirected` the name selects one of several emulators; otherwise the port of `protocol` follows the name.
 */
export const hostNameOf = (
  { hostname, ports }: { readonly hostname: string; readonly ports: ClientPorts },
  {
    fork,
    redirected = false,
    protocol = 'https',
  }: { readonly fork?: string; readonly redirected?: boolean; readonly protocol?: 'https' | 'amqp' } = {},
): string => {
  if (redirected && !areDefault(ports)) return redirectedHostName(ports.https, fork);
  const host = fork === undefined ? hostname : forkHostName(fork);
  return ports[protocol] === DEFAULT_PORTS[protocol] ? host : `${host}:${ports[protocol]}`;
};

/** Redirects connections to this machine, on the ports that SDKs have built in, to the ports of the emulator. */
export const redirectTo = ({ address, hostname, san, ports }: Endpoint): Redirect => {
  const names = ['localhost', '*.localhost', '127.0.0.1', '::1', hostname, ...san];
  return {
    hosts: [...new Set(names.map((name) => name.toLowerCase()))],
    address,
    ports: Object.fromEntries(PROTOCOLS.map(({ name, number }) => [number, ports[name]])),
  };
};
