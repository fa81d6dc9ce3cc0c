import type { Emulator } from '../index.ts';
import { createLog } from '../log.ts';
import { flagOf, type Options } from '../options.ts';
import { type Context, EXIT, Failure } from './context.ts';

/** Starts the emulator for a command; a port that cannot be had becomes a Failure with a remedy. */
export const startUp = async (options: Options, context: Context): Promise<Emulator> => {
  const { httpsPort, mqttPort, adminPort, ...rest } = options;
  const { startEmulator } = await import('../index.ts');
  try {
    return await startEmulator({
      ...rest,
      ports: { https: httpsPort, mqtt: mqttPort, admin: adminPort },
      log: createLog(options.logFormat, context.err),
    });
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal !== undefined) throw new Failure(EXIT.failed, await explain(refusal, options));
    if (error instanceof Error && error.name === 'HubError') throw new Failure(EXIT.usage, error.message);
    throw error;
  }
};

interface Refusal {
  readonly port: number;
  readonly host: string;
  readonly code: string;
}

/** Both servers say it alike; matched by shape, since the admin server's comes from Node itself. */
const refusalOf = (error: unknown): Refusal | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { port, host, address, code } = error as Error & Record<string, unknown>; // unknown members, checked below
  const where = typeof host === 'string' ? host : address;
  if (typeof port !== 'number' || typeof where !== 'string' || typeof code !== 'string') return undefined;
  return { port, host: where, code };
};

const explain = async ({ port, host, code }: Refusal, options: Options): Promise<string> => {
  const flag = flagFor(port, options);
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} (${flag}) is in use by ${await userOf(port)} on ${host}. Stop that program, or choose another port:\n${another(port)}`;
    case 'EACCES':
    case 'EPERM':
      return [
        `This user may not open port ${port} (${flag}). Either allow it:`,
        ...allow(),
        `or choose another port:\n${another(port)}`,
      ].join('\n');
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host} (${flagOf(port === options.adminPort ? 'adminHost' : 'host')}).`;
    default:
      return `Cannot listen on ${host} port ${port} (${flag}): ${code}`;
  }
};

const userOf = async (port: number): Promise<string> => {
  const { ownerOf } = await import('./owner.ts');
  return (await ownerOf(port)) ?? 'another program';
};

const flagFor = (port: number, options: Options): string => {
  if (port === options.httpsPort) return flagOf('httpsPort');
  return flagOf(port === options.mqttPort ? 'mqttPort' : 'adminPort');
};

const allow = (): string[] =>
  process.platform === 'linux'
    ? [
        '  sudo sysctl net.ipv4.ip_unprivileged_port_start=443',
        `  or, for Node alone: sudo setcap cap_net_bind_service=+ep ${process.execPath}`,
      ]
    : ['  run as an administrator'];

/** What to do without a port, and whom that leaves out. */
const another = (port: number): string => {
  switch (port) {
    case 443:
      return [
        '  --https-port 8443: serves az, curl, our own clients and device SDKs over MQTT/TCP;',
        '    leaves out all that have 443 built in: service SDKs, MQTT over WebSocket, az iot device simulate',
        '  exec --ports random -- CMD: leads Node programs to free ports, whatever SDK they use',
      ].join('\n');
    case 8883:
      return [
        '  --mqtt-port 18883: Node device SDKs find it by HostName=localhost:18883;',
        '    leaves out those that have 8883 built in (Python, Java, .NET): they can use MQTT over WebSocket',
        '  exec --ports random -- CMD: leads Node programs to free ports, whatever SDK they use',
      ].join('\n');
    default:
      return '  0 is any free one';
  }
};
