import { readFile } from 'node:fs/promises';
import { areKnown, DEFAULT_PORTS, hostsOf, type Ports, RANDOM_PORTS, routeOf, urlHost } from './addresses.ts';
import { Authenticator } from './auth/authenticate.ts';
import { type Policy, policies } from './auth/policies.ts';
import { blobCarrier } from './blobs/carrier.ts';
import { type Certificates, loadCertificates } from './certificates/certificates.ts';
import { deriveFrom } from './derive.ts';
import { environmentOf } from './environment.ts';
import { type Clock, systemClock, VirtualClock } from './hub/clock.ts';
import { Hub } from './hub/hub.ts';
import { Journal } from './hub/journal.ts';
import { States } from './hub/states.ts';
import { lead } from './intercept/place.ts';
import { createLog, type Log, silentLog } from './log.ts';
import { type Options, type OptionsInput, parseOptions, UsageError } from './options.ts';
import { MqttProbe, restProbe } from './probes.ts';
import { alasqlRelations } from './relations.ts';
import { plant } from './seeds.ts';
import { adminRoutes } from './servers/admin/routes/index.ts';
import { createAdminServer } from './servers/admin/server.ts';
import { openDoor } from './servers/door.ts';
import { startMqtt } from './servers/mqtt/server.ts';
import { createRestServer } from './servers/rest/server.ts';
import { settle } from './settle.ts';
import { hostNameFor, hostNameWith, identityString, serviceString } from './strings.ts';
import { version } from './version.ts';

/** How to start; what is not given has the default of the command line, but for the ports. */
export interface EmulatorOptions extends Partial<Omit<OptionsInput, 'httpsPort' | 'mqttPort' | 'adminPort'>> {
  /** Free ports (`random`, the default), those that SDKs have built in (`default`), or given ones, 0 being a free one. */
  readonly ports?: 'random' | 'default' | Partial<Ports>;
  /** The hub's time; `virtual` stands still at 2026-01-01, an ISO date at that moment, until turned. */
  readonly clock?: Clock | 'system' | 'virtual' | (string & {});
  /** `process`: the SDKs in this process accept the development CA and find the ports, until the emulator is closed. */
  readonly trust?: 'process';
  /** Hears what a person should know; nobody by default, standard error if `logFormat` is given. */
  readonly log?: Log;
}

/** A hub that listens. */
export interface Emulator extends AsyncDisposable {
  /** The hub itself: its rooms. */
  readonly hub: Hub;
  readonly httpsPort: number;
  readonly mqttPort: number;
  readonly adminPort: number;
  /** The emulator's own API. */
  readonly adminUrl: string;
  /** The development CA, PEM; undefined if the certificate was brought along. */
  readonly ca: string | undefined;
  readonly caFile: string | undefined;
  /** For service apps, by shared access policy, `iothubowner` if not named. Throws a RangeError for an unknown one. */
  connectionString(policy?: string): string;
  /** Throws HubError DeviceNotFound. */
  deviceConnectionString(deviceId: string): string;
  /** Throws HubError DeviceNotFound, ModuleNotFound. */
  moduleConnectionString(deviceId: string, moduleId: string): string;
  /** Moments to which the hub can be taken back; `reset` goes back to the devices it started with. */
  readonly states: States;
  /** Resolves when nothing is due, queued or on its way out. */
  settle(): Promise<void>;
  /** Environment variables under which a program finds this hub and trusts it. */
  env(): Record<string, string>;
  /** Drops every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts a hub with all its doors. Throws PortError for a port that cannot be had, UsageError for options that cannot be,
 * HubError for a device that the hub would not take.
 */
export const startEmulator = async (options: EmulatorOptions = {}): Promise<Emulator> => {
  const { ports = 'random', clock, trust, log, ...rest } = options;
  const { https, mqtt, admin } =
    ports === 'default' ? DEFAULT_PORTS : { ...RANDOM_PORTS, ...(ports === 'random' ? {} : ports) };
  const given = Object.entries({ ...rest, httpsPort: https, mqttPort: mqtt, adminPort: admin });
  return open(parseOptions(Object.fromEntries(given.filter(([, value]) => value !== undefined))), {
    clock: clockOf(clock),
    trust: trust === 'process',
    log: log ?? (rest.logFormat === undefined ? silentLog : createLog(rest.logFormat, toStderr)),
  });
};

interface World {
  readonly clock: Clock;
  readonly trust: boolean;
  readonly log: Log;
}

type Shut = () => Promise<void> | void;

const open = async (options: Options, { clock, trust, log }: World): Promise<Emulator> => {
  const opened: Shut[] = [];
  try {
    const loading = loadCertificates(certificateOptions(options));
    loading.catch(() => {}); // awaited below, after what can be done meanwhile
    const hub = new Hub({
      clock,
      seed: options.randomSeed,
      derive: deriveFrom(options.randomSeed),
      hostName: options.hostname,
      relations: alasqlRelations(),
      carrier: blobCarrier(log),
      failed: (error) => log.error('A listener of events failed', error),
    });
    const deviceCa = await deviceCaOf(options);
    const journal = new Journal(hub.events);
    plant(hub, options.devices);
    const states = new States(hub);
    const known = policies(options.policyKeys);
    const auth = new Authenticator({
      policies: known,
      find: (key) => hub.registry.find(key),
      mode: options.auth,
      log,
    });
    let ports: Ports = RANDOM_PORTS;
    const places = () => routeOf(options, ports);
    const probe = new MqttProbe(places);
    const mqtt = await startMqtt({ hub, auth: probe.guard(auth), log, hasDeviceCa: deviceCa !== undefined });
    opened.push(() => mqtt.close());
    const rest = createRestServer({ hub, auth, log });
    opened.push(() => rest.close());
    rest.http.on('upgrade', (request, socket, head) => mqtt.upgrade(request, socket, head));
    await rest.ready();
    const certificates = await loading;
    const door = await openDoor(
      { ...certificates, deviceCa, hosts: hostsOf(options.host), ports: [options.httpsPort, options.mqttPort] },
      { mqtt: (socket) => mqtt.accept(socket), http: (socket) => void rest.http.emit('connection', socket) },
    );
    opened.push(() => door.close());
    const admin = createAdminServer({
      log,
      probes: [restProbe(places, owner(known)), probe],
      info: () => ({ version: version(), hostname: options.hostname, auth: options.auth, ports: { ...ports } }),
      ca: certificates.ca,
      token: options.adminToken,
      hosts: [options.hostname, ...options.san, ...hostsOf(options.adminHost)],
      routes: adminRoutes({ hub, states, journal, settle: () => settle(hub) }),
    });
    opened.push(() => admin.close());
    const [https = 0, mqtts = 0] = door.ports;
    ports = { https, mqtt: mqtts, admin: await admin.listen(options.adminHost, options.adminPort) };
    if (trust) opened.push(lead({ ...places(), ca: certificates.ca }));
    return new Running({ options, ports, hub, states, policies: known, certificates, trust, opened });
  } catch (error) {
    await shutAll(opened);
    throw error;
  }
};

class Running implements Emulator {
  readonly hub: Hub;
  readonly states: States;
  readonly httpsPort: number;
  readonly mqttPort: number;
  readonly adminPort: number;
  readonly adminUrl: string;
  readonly ca: string | undefined;
  readonly caFile: string | undefined;
  readonly #options: Options;
  readonly #ports: Ports;
  readonly #policies: ReadonlyMap<string, Policy>;
  readonly #hostName: string;
  readonly #opened: Shut[];
  #closing: Promise<void> | undefined;

  constructor(parts: {
    options: Options;
    ports: Ports;
    hub: Hub;
    states: States;
    policies: ReadonlyMap<string, Policy>;
    certificates: Certificates;
    trust: boolean;
    opened: Shut[];
  }) {
    const { options, ports } = parts;
    this.hub = parts.hub;
    this.states = parts.states;
    this.httpsPort = ports.https;
    this.mqttPort = ports.mqtt;
    this.adminPort = ports.admin;
    this.adminUrl = `http://${urlHost(options.adminHost)}:${ports.admin}`;
    this.ca = parts.certificates.ca;
    this.caFile = parts.certificates.caFile;
    this.#options = options;
    this.#ports = ports;
    this.#policies = parts.policies;
    // several emulators in one process are told apart by name, since SDKs append the ports themselves
    this.#hostName =
      parts.trust && !areKnown(ports) ? hostNameFor(ports.https) : hostNameWith(options.hostname, ports.https);
    this.#opened = parts.opened;
  }

  connectionString(policy?: string): string {
    return serviceString(this.#hostName, this.#policies, policy);
  }

  deviceConnectionString(deviceId: string): string {
    return identityString(this.#hostName, this.hub.registry, { deviceId });
  }

  moduleConnectionString(deviceId: string, moduleId: string): string {
    return identityString(this.#hostName, this.hub.registry, { deviceId, moduleId });
  }

  env(): Record<string, string> {
    const { hostname, devices } = this.#options;
    const [first, ...others] = devices;
    const only = others.length > 0 ? undefined : typeof first === 'object' ? first.id : first;
    const isThere = only !== undefined && this.hub.registry.find(only) !== undefined;
    return environmentOf(
      {
        connectionString: serviceString(hostname, this.#policies),
        deviceConnectionString: isThere ? identityString(hostname, this.hub.registry, { deviceId: only }) : undefined,
        adminUrl: this.adminUrl,
        ca: this.ca && this.caFile ? { pem: this.ca, file: this.caFile } : undefined,
        route: areKnown(this.#ports) ? undefined : routeOf(this.#options, this.#ports),
      },
      process.env,
    );
  }

  settle(): Promise<void> {
    return settle(this.hub);
  }

  close(): Promise<void> {
    this.#closing ??= shutAll(this.#opened);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const shutAll = async (opened: Shut[]): Promise<void> => {
  for (const shut of opened.splice(0).reverse()) await shut();
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

const owner = (known: ReadonlyMap<string, Policy>): Policy => {
  const policy = known.get('iothubowner');
  if (policy === undefined) throw new Error('Every hub has the policy iothubowner');
  return policy;
};

const clockOf = (clock: EmulatorOptions['clock'] = 'system'): Clock => {
  if (typeof clock !== 'string') return clock;
  if (clock === 'system') return systemClock;
  return clock === 'virtual' ? new VirtualClock() : new VirtualClock(clock);
};

const toStderr = (line: string): void => {
  process.stderr.write(line);
};
