import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { hostsOf, isLoopback } from '../../endpoints/addresses.ts';
import { exportLine } from '../shell-quoting.ts';
import { type Finding, fail, ok, skip, warn } from './finding.ts';
import type { Subject } from './subject.ts';

/** Java, .NET and C require a name with a dot. */
const DOTTED = 'hub.localhost';
const TIMEOUT_MS = 5_000;

export const nameCheck = async (subject: Subject): Promise<Finding[]> => {
  const names = new Set(['localhost', hostnameOf(subject), DOTTED].filter((name) => !isIP(name)));
  return Promise.all([...names].map((name) => nameFinding(name, subject)));
};

export const hostnameOf = ({ hub, options }: Subject): string =>
  typeof hub === 'object' ? hub.hostname : options.hostname;

/** Whether the emulator is on this machine. */
export const isHere = ({ found }: Subject): boolean => isLoopback(new URL(found.url).hostname);

const nameFinding = async (name: string, subject: Subject): Promise<Finding> => {
  const check = `name.${name}`;
  const addresses = await resolve(name);
  const fix = process.platform === 'win32' ? windowsHosts(name) : `echo '127.0.0.1 ${name}' | sudo tee -a /etc/hosts`;
  if (addresses.length === 0) {
    const text = 'it has no address';
    return name === DOTTED && hostnameOf(subject) !== DOTTED
      ? warn(check, `${text}; Java, .NET and C require a name with a dot`, fix)
      : fail(check, text, fix);
  }
  const text = addresses.join(', ');
  if (!isHere(subject)) return ok(check, text);
  const isLocal = hostsOf(subject.options.host).every(isLoopback);
  const own = isLocal ? [] : Object.values(networkInterfaces()).flatMap((some) => some ?? []);
  const isOurs = (address: string): boolean => isLoopback(address) || own.some((one) => one.address === address);
  return addresses.every(isOurs) ? ok(check, text) : fail(check, `${text}: the emulator does not listen there`, fix);
};

const resolve = async (name: string): Promise<string[]> => {
  const late = new Promise<[]>((done) => setTimeout(done, TIMEOUT_MS, []).unref());
  const found = await Promise.race([lookup(name, { all: true }).catch(() => []), late]);
  return [...new Set(found.map(({ address }) => address))];
};

const windowsHosts = (name: string): string =>
  `Add-Content "$env:windir\\System32\\drivers\\etc\\hosts" '127.0.0.1 ${name}'`;

/** Programs that use a proxy would look for the emulator behind it. */
export const proxyCheck = async (subject: Subject): Promise<Finding[]> => {
  const { environment } = subject.context;
  const [variable] = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].filter((name) => environment[name]);
  if (variable === undefined) return [skip('proxy', 'no proxy is set')];
  const exceptions = environment.no_proxy ?? environment.NO_PROXY ?? '';
  const name = hostnameOf(subject);
  const covers = exceptions
    .split(/[,\s]+/)
    .some((entry) => entry === '*' || isUnder(name, entry.replace(/^\*?\./, '')));
  if (covers) return [ok('proxy', `${variable} is set, and ${name} is an exception`)];
  const needed = [...exceptions.split(/[,\s]+/).filter(Boolean), name, '127.0.0.1', '::1', '.localhost'];
  const value = [...new Set(needed)].join(',');
  return [
    warn(
      'proxy',
      `${variable} is set: Python, az, .NET and curl would look for ${name} behind it`,
      exportLine({ NO_PROXY: value, no_proxy: value }),
    ),
  ];
};

const isUnder = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`);
