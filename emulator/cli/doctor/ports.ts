import { createServer } from 'node:net';
import { DEFAULT_PORTS, hostsOf } from '../../addresses.ts';
import { codeOf } from '../../certificates/folder.ts';
import { flagOf } from '../../options.ts';
import { ownerOf } from '../owner.ts';
import { type Finding, fail, ok, skip, warn } from './finding.ts';
import { type Patient, portOf } from './patient.ts';

type Key = keyof typeof DEFAULT_PORTS;
const KEYS = Object.keys(DEFAULT_PORTS) as Key[]; // Object.keys knows no key types

export const portCheck = (patient: Patient): Promise<Finding[]> =>
  Promise.all(KEYS.map((key) => portFinding(key, patient)));

const portFinding = async (key: Key, patient: Patient): Promise<Finding> => {
  const { hub, options, self, start } = patient;
  const check = `port.${key}`;
  const port = portOf(patient, key);
  if (typeof hub === 'object') return ofRunning(check, { key, port, self });
  if (hub === 'locked') return skip(check, 'without its token the emulator does not tell which are its own');
  if (port === 0) return ok(check, 'any free one will do');
  const flag = flagOf(`${key}Port`);
  for (const host of hostsOf(key === 'admin' ? options.adminHost : options.host)) {
    const code = await tryPort(port, host);
    switch (code) {
      case undefined:
      case 'EADDRNOTAVAIL': // a machine without IPv6; `name` tells
      case 'EAFNOSUPPORT':
        continue;
      case 'EADDRINUSE':
        return fail(check, `${port} is taken by ${await whose(port)}`, `${start} ${flag} ${elsewhere(port)}`);
      case 'EACCES':
      case 'EPERM':
        return fail(check, `this user may not open ${port}`, allow(port));
      default:
        return fail(check, `${port} cannot be had on ${host}: ${code}`, `${start} ${flag} ${elsewhere(port)}`);
    }
  }
  return ok(check, `${port} is free`);
};

const ofRunning = (check: string, { key, port, self }: { key: Key; port: number; self: string }): Finding =>
  key === 'admin' || port === DEFAULT_PORTS[key]
    ? ok(check, `${port} is the emulator's`)
    : warn(
        check,
        `${port} is the emulator's, but most SDKs have ${DEFAULT_PORTS[key]} built in`,
        `${self} exec --ports random -- CMD`,
      );

/** The code of the refusal; undefined if the port is free. */
const tryPort = (port: number, host: string): Promise<string | undefined> =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', (error) => done(codeOf(error) ?? error.message));
    server.listen(port, host, () => server.close(() => done(undefined)));
  });

const whose = async (port: number): Promise<string> => (await ownerOf(port)) ?? 'a program that this user may not see';

/** What people take: 8443 for 443, 18883 for 8883. */
const elsewhere = (port: number): number => (port < 1024 ? 8000 + port : 10_000 + (port % 50_000));

const allow = (port: number): string =>
  process.platform === 'linux'
    ? `sudo sysctl net.ipv4.ip_unprivileged_port_start=${port}`
    : 'run the emulator as an administrator';
