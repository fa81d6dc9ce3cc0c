import type { Route } from './intercept/place.ts';
import type { Options } from './options.ts';

/** The ports of one hub. */
export interface Ports {
  readonly https: number;
  readonly mqtt: number;
  readonly admin: number;
}

/** The ports that SDKs have built in, and the admin port beside them. */
export const DEFAULT_PORTS: Ports = { https: 443, mqtt: 8883, admin: 8088 };
export const RANDOM_PORTS: Ports = { https: 0, mqtt: 0, admin: 0 };

/** True if every SDK finds the hub without being led. */
export const areKnown = ({ https, mqtt }: Ports): boolean =>
  https === DEFAULT_PORTS.https && mqtt === DEFAULT_PORTS.mqtt;

/** Addresses to listen on; `localhost` is both loopback addresses. */
export const hostsOf = (host: string): string[] =>
  host.split(',').flatMap((name) => (name.trim() === 'localhost' ? ['127.0.0.1', '::1'] : [name.trim()]));

/** True if nobody but this machine reaches `host`. */
export const isLoopback = (host: string): boolean =>
  hostsOf(host).every((address) => address === '::1' || /^127\./.test(address));

/** An address in a URL. */
export const urlHost = (host: string): string => {
  const here = EVERYWHERE.has(host) ? '127.0.0.1' : host;
  return here.includes(':') ? `[${here}]` : here;
};

const EVERYWHERE = new Set(['localhost', '0.0.0.0', '::']);

/** Under which names this hub is looked for on the ports that SDKs have built in, and where it is instead. */
export const routeOf = (options: Pick<Options, 'host' | 'hostname' | 'san'>, { https, mqtt }: Ports): Route => {
  const [first = ''] = options.host.split(',').map((name) => name.trim());
  const names = ['localhost', '*.localhost', '127.0.0.1', '::1', options.hostname, ...options.san];
  return {
    hosts: [...new Set(names.map((name) => name.toLowerCase()))],
    address: EVERYWHERE.has(first) ? '127.0.0.1' : first,
    https,
    mqtt,
  };
};
