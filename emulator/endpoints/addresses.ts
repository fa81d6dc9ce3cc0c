import { BlockList, isIP } from 'node:net';

/** Addresses to listen on, from a comma-separated list; `localhost` is both loopback addresses. */
export const hostsOf = (list: string): string[] =>
  list.split(',').flatMap((name) => (name.trim() === 'localhost' ? ['127.0.0.1', '::1'] : [name.trim()]));

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** True if only this machine reaches `host`: `localhost` or a loopback address, in brackets or not. */
export const isLoopback = (host: string): boolean => {
  const name = host.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(name);
  return family === 0 ? name.toLowerCase() === 'localhost' : loopback.check(name, family === 4 ? 'ipv4' : 'ipv6');
};

const EVERYWHERE = new Set(['localhost', '0.0.0.0', '::']);

/** An address at which this machine reaches what listens on `list`. */
export const localAddress = (list: string): string => {
  const [first = ''] = list.split(',').map((name) => name.trim());
  return EVERYWHERE.has(first) ? '127.0.0.1' : first;
};

/** The URL of an HTTP server that listens on `host`. */
export const httpUrl = (host: string, port: number): string => {
  const address = localAddress(host);
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
};
