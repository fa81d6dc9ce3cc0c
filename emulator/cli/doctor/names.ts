import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isLoopback } from '../../addresses.ts';
import { exportLine } from '../shell.ts';
import { type Finding, fail, ok, skip, warn } from './finding.ts';
import type { Patient } from './patient.ts';

/** Java, .NET and C want a name with a dot. */
const DOTTED = 'hub.localhost';
const PATIENCE = 5_000;

export const nameCheck = async (patient: Patient): Promise<Finding[]> => {
  const names = new Set(['localhost', hostnameOf(patient), DOTTED].filter((name) => !isIP(name)));
  return Promise.all([...names].map((name) => nameFinding(name, patient)));
};

export const hostnameOf = ({ hub, options }: Patient): string =>
  typeof hub === 'object' ? hub.hostname : options.hostname;

/** Whether the emulator is on this machine. */
export const isHere = ({ place }: Patient): boolean => {
  const { hostname } = new URL(place.url);
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
};

const nameFinding = async (name: string, patient: Patient): Promise<Finding> => {
  const check = `name.${name}`;
  const addresses = await resolve(name);
  const mend = process.platform === 'win32' ? windowsHosts(name) : `echo '127.0.0.1 ${name}' | sudo tee -a /etc/hosts`;
  if (addresses.length === 0) {
    const text = 'no address is found for it';
    return name === DOTTED && hostnameOf(patient) !== DOTTED
      ? warn(check, `${text}; Java, .NET and C want a name with a dot`, mend)
      : fail(check, text, mend);
  }
  const text = addresses.join(', ');
  if (!isHere(patient)) return ok(check, text);
  const own = isLoopback(patient.options.host) ? [] : Object.values(networkInterfaces()).flatMap((some) => some ?? []);
  const isOurs = (address: string): boolean => isLoopback(address) || own.some((one) => one.address === address);
  return addresses.every(isOurs) ? ok(check, text) : fail(check, `${text}, where the emulator does not listen`, mend);
};

const resolve = async (name: string): Promise<string[]> => {
  const late = new Promise<[]>((done) => setTimeout(done, PATIENCE, []).unref());
  const found = await Promise.race([lookup(name, { all: true }).catch(() => []), late]);
  return [...new Set(found.map(({ address }) => address))];
};

const windowsHosts = (name: string): string =>
  `Add-Content "$env:windir\\System32\\drivers\\etc\\hosts" '127.0.0.1 ${name}'`;

/** Programs that heed a proxy would ask it for the emulator as well. */
export const proxyCheck = async (patient: Patient): Promise<Finding[]> => {
  const { environment } = patient.context;
  const [variable] = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].filter((name) => environment[name]);
  if (variable === undefined) return [skip('proxy', 'none is set')];
  const excepted = environment.no_proxy ?? environment.NO_PROXY ?? '';
  const name = hostnameOf(patient);
  const covers = excepted.split(/[,\s]+/).some((entry) => entry === '*' || isUnder(name, entry.replace(/^\*?\./, '')));
  if (covers) return [ok('proxy', `${variable} is set, and ${name} is excepted`)];
  const exceptions = [...excepted.split(/[,\s]+/).filter(Boolean), name, '127.0.0.1', '::1', '.localhost'];
  const value = [...new Set(exceptions)].join(',');
  return [
    warn(
      'proxy',
      `${variable} is set: Python, az, .NET and curl would look for ${name} behind it`,
      exportLine({ NO_PROXY: value, no_proxy: value }),
    ),
  ];
};

const isUnder = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`);
