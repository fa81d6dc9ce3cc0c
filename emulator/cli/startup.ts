import { relative } from 'node:path';
import { PORTS, PROTOCOLS, portsIn } from '../endpoints/protocols.ts';
import type { Emulator, PortError } from '../index.ts';
import { createLog } from '../log.ts';
import type { Options } from '../options.ts';
import { closeInTime } from './close-in-time.ts';
import { type Context, EXIT, Failure } from './context.ts';
import { loadingBar } from './loading-bar.ts';
import { flagOf, originsOf } from './option-sources.ts';

/** Starts the emulator for a command. A port that is not available becomes a Failure that says what to do. */
export const startUp = async (options: Options, context: Context, origins = originsOf(options)): Promise<Emulator> => {
  const { HubError, PortError, startEmulator } = await import('../index.ts');
  try {
    const log = createLog({ format: options.logFormat, write: context.err, isColoured: isColoured(context) });
    return await startEmulator({ ...options, ports: portsIn(options), log, loading: loadingBar(context), origins });
  } catch (error) {
    if (error instanceof PortError) throw new Failure(EXIT.failed, await explain(error, options));
    if (error instanceof Error && error.name === 'DataError') throw new Failure(EXIT.failed, error.message);
    if (error instanceof HubError) throw new Failure(EXIT.usage, error.message);
    throw folderFailure(error, options) ?? fileFailure(error);
  }
};

/** A Failure of one line for a folder of certificates that cannot be used; undefined for every other error. */
const folderFailure = (error: unknown, { caDir }: Options): Failure | undefined => {
  if (caDir === undefined || !(error instanceof Error) || !('path' in error)) return undefined;
  const isThere = typeof error.path === 'string' && !relative(caDir, error.path).startsWith('..');
  const isAbove = typeof error.path === 'string' && !relative(error.path, caDir).startsWith('..');
  if (!isThere && !isAbove) return undefined;
  return new Failure(
    EXIT.usage,
    `${flagOf('caDir')} ${caDir} cannot be used: ${error.message}. Make it writable, or choose another folder.`,
  );
};

/**
 * Runs what follows a start. If it fails, the emulator is closed: a command that fails leaves nothing behind that listens.
 */
export const withEmulator = async (emulator: Emulator, context: Context, run: () => Promise<void>): Promise<void> => {
  try {
    await run();
  } catch (error) {
    throw fileFailure(error);
  } finally {
    await closeInTime(emulator, context);
  }
};

/** A Failure of one line for a file or folder that cannot be used; every other error as it is. */
const fileFailure = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error;
  if (error.name === 'CertificateError') return new Failure(EXIT.failed, error.message);
  return 'syscall' in error && 'path' in error
    ? new Failure(EXIT.failed, `${error.message}. Make it usable, or choose another folder for certificates: --ca-dir`)
    : error;
};

/** https://no-color.org and https://force-color.org */
const isColoured = ({ environment }: Context): boolean => {
  if (environment.NO_COLOR) return false;
  return environment.FORCE_COLOR && environment.FORCE_COLOR !== '0' ? true : process.stderr.isTTY === true;
};

const explain = async ({ port, host, code }: PortError, options: Options): Promise<string> => {
  const row = PORTS.find(({ option }) => options[option] === port);
  const flag = flagOf(row?.option ?? 'httpsPort');
  switch (code) {
    case 'EADDRINUSE': {
      const { ownerOf } = await import('./port-owner.ts');
      const owner = (await ownerOf(port)) ?? 'another program';
      return `Port ${port} (${flag}) is in use by ${owner} on ${host}. Stop that program, or choose another port:\n${another(port)}`;
    }
    case 'EACCES':
    case 'EPERM':
      return [
        `This user may not open port ${port} (${flag}). Either allow it:`,
        ...allow(),
        `or choose another port:\n${another(port)}`,
      ].join('\n');
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine does not have the address ${host} (${flagOf(row?.name === 'admin' ? 'adminHost' : 'host')}).`;
    default:
      return `Cannot listen on ${host} port ${port} (${flag}): ${code}`;
  }
};

const allow = (): string[] =>
  process.platform === 'linux'
    ? [
        '  sudo sysctl net.ipv4.ip_unprivileged_port_start=443',
        `  or, for Node alone: sudo setcap cap_net_bind_service=+ep ${process.execPath}`,
      ]
    : ['  run as an administrator'];

/** What to do without a port, and which clients then do not find the hub. */
const another = (port: number): string => {
  const row = PROTOCOLS.find(({ number }) => number === port);
  if (row === undefined) return '  0 is any free port';
  const { number, serves, leavesOut } = row.alternative;
  return [
    `  ${flagOf(row.option)} ${number}: serves ${serves};`,
    `    does not serve ${leavesOut}`,
    '  exec --ports random -- CMD: redirects programs on Node to free ports, whatever SDK they use',
  ].join('\n');
};
