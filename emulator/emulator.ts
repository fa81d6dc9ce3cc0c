import { readFile } from 'node:fs/promises';
import { DEFAULT_PORTS, hostsOf, type Ports, RANDOM_PORTS, routeOf } from './addresses.ts';
import { Authenticator } from './auth/authenticate.ts';
import { type Policy, policies } from './auth/policies.ts';
import { blobCarrier } from './blobs/carrier.ts';
import { loadCertificates } from './certificates/certificates.ts';
import { deriveFrom } from './derive.ts';
import { Forks } from './forks.ts';
import { type Clock, systemClock, VirtualClock } from './hub/clock.ts';
import { readCadence } from './hub/evaluation.ts';
import { Hub, type HubOptions } from './hub/hub.ts';
import { readLag } from './hub/index-lag.ts';
import { lead } from './intercept/place.ts';
import { createLog, type Log, silentLog } from './log.ts';
import { type Options, type OptionsInput, parseOptions, UsageError } from './options.ts';
import { MqttProbe, restProbe } from './probes.ts';
import { alasqlRelations } from './relations.ts';
import { type Emulator, Running, type Shut, shutAll } from './running.ts';
import { grow } from './seeds/grow.ts';
import { plant } from './seeds/plant.ts';
import { readSeedFile, SeedError, seedOf } from './seeds/read.ts';
import type { Seed } from './seeds/seed.ts';
import { adminRoutes } from './servers/admin/routes/index.ts';
import { createAdminServer } from './servers/admin/server.ts';
import { openDoor } from './servers/door.ts';
import { settle } from './settle.ts';
import { hostNameOf, identityString, serviceString } from './strings.ts';
import { Tenant } from './tenant.ts';
import { version } from './version.ts';

/** How to start; what is not given has the default of the command line, but for the ports. */
export interface EmulatorOptions extends Partial<Omit<OptionsInput, 'httpsPort' | 'mqttPort' | 'adminPort' | 'clock'>> {
  /** Free ports (`random`, the default), those that SDKs have built in (`default`), or given ones, 0 being a free one. */
  readonly ports?: 'random' | 'default' | Partial<Ports>;
  /** The hub's time; `virtual` stands still at 2026-01-01, an ISO date at that moment, until turned. */
  readonly clock?: Clock | 'system' | 'virtual' | (string & {});
  /** `process`: the SDKs in this process accept the development CA and find the ports, until the emulator is closed. */
  readonly trust?: 'process';
  /** Hears what a person should know; nobody by default, standard error if `logFormat` is given. */
  readonly log?: Log;
}

/**
 * Starts a hub with all its doors. Throws PortError for a port that cannot be had, UsageError for options that cannot be,
 * HubError for a device that the hub would not take.
 */
export const startEmulator = async (options: EmulatorOptions = {}): Promise<Emulator> => {
  const { ports = 'random', clock, trust, log, ...rest } = options;
  const { https, mqtt, admin } =
    ports === 'default' ? DEFAULT_PORTS : { ...RANDOM_PORTS, ...(ports === 'random' ? {} : ports) };
  const named = typeof clock === 'string' ? { clock } : {};
  const given = Object.entries({ ...rest, ...named, httpsPort: https, mqttPort: mqtt, adminPort: admin });
  const resolved = parseOptions(Object.fromEntries(given.filter(([, value]) => value !== undefined)));
  return open(resolved, {
    clock: clock === undefined || typeof clock === 'string' ? clockOf(resolved.clock) : clock,
    trust: trust === 'process',
    log: log ?? (rest.logFormat === undefined ? silentLog : createLog(rest.logFormat, toStderr)),
  });
};

interface World {
  readonly clock: Clock;
  readonly trust: boolean;
  readonly log: Log;
}

const open = async (options: Options, { clock, trust, log }: World): Promise<Emulator> => {
  const opened: Shut[] = [];
  try {
    const loading = loadCertificates(certificateOptions(options));
    loading.catch(() => {}); // awaited below, after what can be done meanwhile
    const relations = alasqlRelations();
    const carrier = blobCarrier(log);
    const makeHub = (parts: Pick<HubOptions, 'clock' | 'fleet'>): Hub =>
      new Hub({
        ...parts,
        seed: options.randomSeed,
        configurationInterval: readCadence(options.rollout) ?? 0,
        indexLag: readLag(options.index) ?? 'immediate',
        derive: deriveFrom(options.randomSeed),
        hostName: options.hostname,
        faults: options.faults,
        relations,
        carrier,
        failed: (error) => log.error('A listener of events failed', error),
      });
    const deviceCa = await deviceCaOf(options);
    const seed = await seedIn(options);
    const known = policies(options.policyKeys);
    const authFor = (hub: Hub): Authenticator =>
      new Authenticator({ policies: known, find: (key) => hub.registry.find(key), mode: options.auth, log });
    const common = { log, hasDeviceCa: deviceCa !== undefined, sdkFaults: options.sdkFaults === 'on' };
    let ports: Ports = RANDOM_PORTS;
    const places = () => routeOf(options, ports);
    const probe = new MqttProbe(places);
    const hub = makeHub({ clock });
    const auth = authFor(hub);
    const tenant = new Tenant({
      ...common,
      hub,
      auth,
      deviceAuth: probe.guard(auth),
      plant: () => {
        plant(hub, grow(options));
        plant(hub, seed);
      },
    });
    const address = (name?: string) => ({ hostName: hostNameOf(options, { ports, trust, name }), policies: known });
    // other processes are not led
    const nameForOthers = () => hostNameOf(options, { ports, trust: false });
    const forks = new Forks({
      original: tenant,
      makeHub,
      makeTenant: (copy, seed) => new Tenant({ ...common, hub: copy, auth: authFor(copy), seed }),
      addressOf: address,
    });
    opened.push(() => forks.close());
    await tenant.open();
    const certificates = await loading;
    const door = await openDoor(
      { ...certificates, deviceCa, hosts: hostsOf(options.host), ports: [options.httpsPort, options.mqttPort] },
      forks,
    );
    opened.push(() => door.close());
    const admin = createAdminServer({
      log,
      probes: [restProbe(places, owner(known)), probe],
      info: () => ({
        version: version(),
        hostname: options.hostname,
        auth: options.auth,
        ports: { ...ports },
        lastEvent: hub.events.sequence,
      }),
      ca: certificates.ca,
      token: options.adminToken,
      hosts: [options.hostname, ...options.san, ...hostsOf(options.adminHost)],
      routes: adminRoutes({
        hub,
        states: tenant.states,
        journal: tenant.journal,
        strings: {
          ofPolicy: (policy) => serviceString(nameForOthers(), known, policy),
          ofIdentity: (name) => identityString(nameForOthers(), hub.registry, name),
        },
        settle: () => settle(hub),
      }),
    });
    opened.push(() => admin.close());
    const [https = 0, mqtts = 0] = door.ports;
    ports = { https, mqtt: mqtts, admin: await admin.listen(options.adminHost, options.adminPort) };
    if (trust) opened.push(lead({ ...places(), ca: certificates.ca }));
    return new Running(tenant, address(), { options, ports, certificates, forks, opened });
  } catch (error) {
    await shutAll(opened);
    throw error;
  }
};

const certificateOptions = ({ caDir, san, hostname, cert, key }: Options) => ({
  folder: caDir,
  names: [hostname, ...san],
  own: cert !== undefined && key !== undefined ? { cert, key } : undefined,
});

/** Throws UsageError for files that cannot be read. */
const deviceCaOf = async ({ deviceCa, deviceCrl }: Options) => {
  if (deviceCa === undefined) return undefined;
  const crl = deviceCrl === undefined ? undefined : await readPem(deviceCrl, 'deviceCrl');
  return { ca: await readPem(deviceCa, 'deviceCa'), crl };
};

const readPem = async (file: string, option: string): Promise<string> => {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`${option}: ${error.message}`);
  });
  if (text.includes('-----BEGIN ')) return text;
  throw new UsageError(`${option}: ${file} holds no PEM`);
};

/** Throws UsageError for a seed that cannot be read. */
const seedIn = async ({ seed }: Options): Promise<Seed> => {
  if (seed === undefined) return { plants: [], configurations: [] };
  try {
    return typeof seed === 'string' ? await readSeedFile(seed) : seedOf(seed);
  } catch (error) {
    throw error instanceof SeedError ? new UsageError(`seed: ${error.message}`) : error;
  }
};

const owner = (known: ReadonlyMap<string, Policy>): Policy => {
  const policy = known.get('iothubowner');
  if (policy === undefined) throw new Error('Every hub has the policy iothubowner');
  return policy;
};

const clockOf = (clock: string): Clock => {
  if (clock === 'system') return systemClock;
  return clock === 'virtual' ? new VirtualClock() : new VirtualClock(clock);
};

const toStderr = (line: string): void => {
  process.stderr.write(line);
};
