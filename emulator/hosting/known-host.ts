import { hostsOf, isLoopback } from '../endpoints/addresses.ts';
import { namesForOthers } from '../endpoints/names-for-others.ts';
import type { Log } from '../log.ts';
import type { Options } from '../options.ts';

/**
 * The `Host` of a request, if it is one of the names that the certificate has, in a container or on another machine as well;
 * otherwise the hub's own name. A device chooses that header, and service apps follow the address of its file.
 */
export const knownHost = (
  { hostname, san, host: listening }: Pick<Options, 'hostname' | 'san' | 'host'>,
  log: Log,
): ((host: string) => string) => {
  const names = new Set([hostname, ...san, ...namesForOthers(hostsOf(listening))].map((name) => name.toLowerCase()));
  const isKnown = (name: string): boolean => isLoopback(name) || name.endsWith('.localhost') || names.has(name);
  let isTold = false;
  return (host) => {
    const [port = ''] = /:\d+$/.exec(host) ?? [];
    const name = host
      .slice(0, host.length - port.length)
      .replace(/^\[(.*)\]$/, '$1')
      .toLowerCase();
    if (isKnown(name)) return host;
    if (!isTold)
      log.warn('A device has used a name that is not in the certificate', {
        ...{ host: name, cause: `the address of its file has ${hostname} instead` },
        remedy: `if others reach the emulator by that name, start it with --san ${name}`,
      });
    isTold = true;
    return `${hostname}${port}`;
  };
};
