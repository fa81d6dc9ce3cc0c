import { loadCertificates } from './certificates/certificates.ts';
import type { EmulatorOptions } from './emulator-options.ts';
import { hostsOf } from './endpoints/addresses.ts';
import { endpointOf, redirectTo } from './endpoints/endpoint.ts';
import { namesForOthers } from './endpoints/names-for-others.ts';
import { DEFAULT_PORTS, portOptions, RANDOM_PORTS } from './endpoints/protocols.ts';
import { openAdmin } from './hosting/admin.ts';
import { type CloseAction, closeAll } from './hosting/close.ts';
import { hostHubs } from './hosting/host-hubs.ts';
import { listenForClients } from './hosting/listen.ts';
import { tellLoading } from './hosting/loading.ts';
import { Narration } from './hosting/narration.ts';
import { type Emulator, RunningEmulator } from './hosting/running-emulator.ts';
import { redirectConnections } from './intercept/node/node.ts';
import { type Clock, systemClock, VirtualClock } from './kernel/clock.ts';
import { FreezingClock } from './kernel/freezing-clock.ts';
import { createLog, type Log, silentLog, upTo } from './log.ts';
import { type Options, parseOptions } from './options.ts';
import { HubTrace } from './traces/hub-trace.ts';

/**
 * Starts an emulator in this process.
 * @throws PortError if a port cannot be opened, UsageError if an option is invalid, HubError if the hub rejects a device or a
 * configuration of the options.
 * @example await using emulator = await startEmulator({ devices: ['d1'], trust: 'process' })
 */
export const startEmulator = async (options: EmulatorOptions = {}): Promise<Emulator> => {
  const { ports = 'random', clock, trust, log, loading, origins, ...rest } = options;
  const numbers = ports === 'default' ? DEFAULT_PORTS : { ...RANDOM_PORTS, ...(ports === 'random' ? {} : ports) };
  const named = typeof clock === 'string' ? { clock } : {};
  const given = Object.entries({ ...rest, ...named, ...portOptions(numbers) });
  const resolved = parseOptions(Object.fromEntries(given.filter(([, value]) => value !== undefined)));
  return open(resolved, {
    clock: clock === undefined || typeof clock === 'string' ? clockOf(resolved.clock) : clock,
    trust: trust === 'process',
    log: logOf(log, rest.logFormat),
    loading,
    origins: origins ?? Object.fromEntries(Object.keys({ ...rest, ...named }).map((name) => [name, 'startEmulator'])),
  });
};

interface World {
  readonly clock: Clock;
  /** True if the connections of this process are redirected to the emulator. */
  readonly trust: boolean;
  /** Undefined: nothing is written. */
  readonly log: Log | undefined;
  readonly loading: EmulatorOptions['loading'];
  /** Where options were set. */
  readonly origins: Readonly<Record<string, string>>;
}

/** Opens everything; closes what is open if a part fails. */
const open = async (
  options: Options,
  { trust, clock: given, log: whole, loading: told, origins }: World,
): Promise<Emulator> => {
  const log = upTo(options.logLevel, whole ?? silentLog);
  const clock = given instanceof VirtualClock ? given : new FreezingClock(given); // traces need it
  const narration = whole === undefined || options.logLevel !== 'info' ? undefined : new Narration(log);
  const opened: CloseAction[] = [];
  const keep = <T extends { close(): Promise<void> }>(part: T): T => {
    opened.push(() => part.close());
    return part;
  };
  try {
    const loading = loadCertificates({
      ...certificateOptions(options),
      warn: (text, fields) => log.warn(text, fields),
    });
    loading.catch(() => {}); // awaited below, after what can be done meanwhile
    const telling = keep(await tellLoading(options, told));
    const { progress } = telling;
    const hubs = keep(await hostHubs(options, { clock, log, narration, progress, ca: async () => (await loading).ca }));
    const trace = keep(new HubTrace(hubs.original.hub, log));
    if (options.record !== undefined) await trace.startFile(options.record);
    const certificates = await loading;
    const listener = keep(await listenForClients(options, certificates, hubs, log));
    const { ca } = certificates;
    await telling.close();
    const admin = keep(
      await openAdmin(options, { log, hubs, trace, ports: listener.ports, plainAmqp: listener.plainAmqp, ca, origins }),
    );
    const endpoint = endpointOf(options, { ...listener.ports, admin: admin.port }, listener.plainAmqp);
    hubs.handshakes.serveAt((code) => `${endpoint.adminUrl}/routing/validation/${code}`);
    if (trust) opened.push(redirectConnections({ ...redirectTo(endpoint), ca }));
    return new RunningEmulator({ options, endpoint, redirected: trust, certificates, hubs, opened });
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
};

const certificateOptions = ({ caDir, san, hostname, host, cert, key }: Options) => ({
  folder: caDir,
  names: [hostname, ...san, ...namesForOthers(hostsOf(host))],
  own: cert !== undefined && key !== undefined ? { cert, key } : undefined,
});

const clockOf = (clock: string): Clock => {
  if (clock === 'system') return systemClock;
  return clock === 'virtual' ? new VirtualClock() : new VirtualClock(clock);
};

const logOf = (log: Log | undefined, format: Options['logFormat'] | undefined): Log | undefined =>
  log ?? (format === undefined ? undefined : createLog({ format, write: toStderr }));

const toStderr = (line: string): void => {
  process.stderr.write(line);
};
