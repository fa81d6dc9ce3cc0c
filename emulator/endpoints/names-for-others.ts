import { hostname, networkInterfaces } from 'node:os';
import { isLoopback } from './addresses.ts';

/** Under these addresses a server listens on every address of the machine. */
const EVERY = new Set(['0.0.0.0', '::']);

/** The names and addresses under which other machines reach this one, if it listens on `hosts`; the likeliest first. */
export const namesForOthers = (hosts: readonly string[]): string[] => {
  const open = hosts.filter((host) => !isLoopback(host));
  if (open.length === 0) return [];
  const [name = ''] = hostname().split('.');
  return [`${name}.local`, ...new Set(open.flatMap((host) => (EVERY.has(host) ? addresses() : [host])))];
};

/** Without link-local addresses, which need the name of an interface. */
const addresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((some) => some ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .sort((a, b) => Number(a.family === 'IPv6') - Number(b.family === 'IPv6'))
    .map(({ address }) => address);
