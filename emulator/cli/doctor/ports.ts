import { createServer } from 'node:net';
import { hostsOf } from '../../endpoints/addresses.ts';
import { PORTS, type PortRow, PROTOCOLS } from '../../endpoints/protocols.ts';
import { codeOf } from '../../files.ts';
import { flagOf } from '../option-sources.ts';
import { ownerOf } from '../port-owner.ts';
import { type Finding, fail, ok, skip, warn } from './finding.ts';
import { portOf, type Subject } from './subject.ts';

type Row = (typeof PORTS)[number];

export const portCheck = (subject: Subject): Promise<Finding[]> =>
  Promise.all(PORTS.map((row) => portFinding(row, subject)));

const portFinding = async (row: Row, subject: Subject): Promise<Finding> => {
  const { hub, options, self, start } = subject;
  const check = `port.${row.name}`;
  const port = portOf(subject, row.name);
  if (typeof hub === 'object') return ofRunning(row, port, self);
  if (hub === 'locked') return skip(check, 'the emulator tells its ports only to callers that know its token');
  if (port === 0) return ok(check, 'any free port will do');
  const otherPort = `${start} ${flagOf(row.option)} ${alternative(port)}`;
  for (const host of hostsOf(row.name === 'admin' ? options.adminHost : options.host)) {
    const code = await tryPort(port, host);
    switch (code) {
      case undefined:
      case 'EADDRNOTAVAIL': // a machine without IPv6; the check `name` reports it
      case 'EAFNOSUPPORT':
        continue;
      case 'EADDRINUSE':
        return fail(check, `${port} is in use by ${await ownerName(port)}`, otherPort);
      case 'EACCES':
      case 'EPERM':
        return fail(check, `this user may not open ${port}`, allow(port));
      default:
        return fail(check, `${port} cannot be opened on ${host}: ${code}`, otherPort);
    }
  }
  return ok(check, `${port} is free`);
};

const ofRunning = ({ name, number }: PortRow, port: number, self: string): Finding => {
  const check = `port.${name}`;
  const isBuiltIn = PROTOCOLS.some((row) => row.name === name);
  return !isBuiltIn || port === number
    ? ok(check, `${port} is the emulator's`)
    : warn(
        check,
        `${port} is the emulator's, but most SDKs have ${number} built in`,
        `${self} exec --ports random -- CMD`,
      );
};

/** The code of the error; undefined if the port is free. */
const tryPort = (port: number, host: string): Promise<string | undefined> =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', (error) => done(codeOf(error) ?? error.message));
    server.listen(port, host, () => server.close(() => done(undefined)));
  });

const ownerName = async (port: number): Promise<string> =>
  (await ownerOf(port)) ?? 'a program that this user may not see';

/** The usual alternative for a usual port, or another port above 1024. */
const alternative = (port: number): number =>
  PROTOCOLS.find(({ number }) => number === port)?.alternative.number ??
  (port < 1024 ? 8000 + port : 10_000 + (port % 50_000));

const allow = (port: number): string =>
  process.platform === 'linux'
    ? `sudo sysctl net.ipv4.ip_unprivileged_port_start=${port}`
    : 'run the emulator as an administrator';
