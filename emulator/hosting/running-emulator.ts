import type { IdentityKey } from '../../protocol/identity-key.ts';
import { BUILT_IN_ENDPOINT } from '../../protocol/routing.ts';
import type { Certificates } from '../certificates/certificates.ts';
import { eventHubString, identityString, serviceString } from '../endpoints/connection-strings.ts';
import { type Endpoint, hostNameOf, redirectTo } from '../endpoints/endpoint.ts';
import { type ClientEnvironment, variablesFor } from '../endpoints/environment.ts';
import { forkHostName } from '../endpoints/host-names.ts';
import { areDefault, type Ports } from '../endpoints/protocols.ts';
import type { Hub } from '../hub/hub.ts';
import { eventHubName } from '../hub/routing/event-hub-name.ts';
import { lessonIn } from '../lessons/lesson.ts';
import type { Progress } from '../lessons/progress.ts';
import type { Options } from '../options.ts';
import { hubNamesOf } from './classroom.ts';
import { type CloseAction, closeAll } from './close.ts';
import type { Forks } from './forks.ts';
import { BaseHubHandle, type Fork, type HostNames, type HubHandle } from './handle.ts';
import type { HostedHubs } from './host-hubs.ts';
import type { HostedHub } from './hosted-hub.ts';

/** A running emulator: one hub that listens, and its forks. */
export interface Emulator extends HubHandle {
  /**
   * The ports on which it listens.
   * @example fetch(`https://localhost:${emulator.ports.https}/devices?api-version=2021-04-12`)
   */
  readonly ports: Ports;
  /** The URL of the emulator's own API, such as `http://127.0.0.1:8088`. */
  readonly adminUrl: string;
  /** The certificate of the development CA, PEM; undefined if the options name a certificate (`cert`). */
  readonly ca: string | undefined;
  /** The path of the file that has `ca`. */
  readonly caFile: string | undefined;
  /**
   * Environment variables with which a program finds this hub and trusts it.
   * @example spawn('npm', ['test'], { env: { ...process.env, ...emulator.env() } })
   */
  env(): Record<string, string>;
  /**
   * A hub that starts as a copy of this one, on the same ports, with keys of its own: a client reaches it by its connection string,
   * whatever its SDK. Keys that were given stay; a client with such a key also needs the host name `{name}.hub.localhost`.
   * @param name - Lower-case letters, digits and hyphens, at most 40; default `fork-1`, `fork-2`, …
   * @throws RangeError for a name that is in use or not valid.
   * @example await using lab = emulator.fork('lab')
   */
  fork(name?: string): Fork;
  /**
   * Gives each student a fork, named after the student, and shows on a page under `/join` of the admin API what each one needs.
   * @throws HubError for a lesson that does not exist.
   * @example await emulator.openClass({ students: ['Ada', 'Grace'], lesson: 'queries' })
   */
  openClass(options: ClassOptions): Promise<readonly Fork[]>;
  /** Drops every connection, those of forks too, and stops listening. */
  close(): Promise<void>;
}

/** Who is in a class, and what it learns. */
export interface ClassOptions {
  readonly students: readonly string[];
  /** The name of a lesson, such as `queries`. */
  readonly lesson: string;
}

export interface EmulatorParts {
  readonly options: Pick<Options, 'adminToken' | 'devices'>;
  readonly endpoint: Endpoint;
  /** True if the connections of this process are redirected to the emulator. */
  readonly redirected: boolean;
  readonly certificates: Certificates;
  readonly hubs: HostedHubs;
  readonly opened: CloseAction[];
}

export class RunningEmulator extends BaseHubHandle implements Emulator {
  readonly ports: Ports;
  readonly adminUrl: string;
  readonly ca: string | undefined;
  readonly caFile: string | undefined;
  readonly #parts: EmulatorParts;
  #closing: Promise<void> | undefined;

  constructor(parts: EmulatorParts) {
    const { endpoint, redirected, hubs, certificates } = parts;
    super(hubs.original, { ...hostNamesOf(endpoint, { redirected }), plainAmqp: endpoint.plainAmqp });
    this.ports = endpoint.ports;
    this.adminUrl = endpoint.adminUrl;
    this.ca = certificates.ca;
    this.caFile = certificates.caFile;
    this.#parts = parts;
  }

  env(): Record<string, string> {
    const { endpoint, options } = this.#parts;
    return this.#variables(this.#parts.hubs.original, () => endpoint.hostname, {
      adminUrl: this.adminUrl,
      adminToken: options.adminToken,
      redirect: areDefault(endpoint.ports) ? undefined : redirectTo(endpoint),
    });
  }

  fork(name?: string): Fork {
    return this.#fork(name).handle;
  }

  #fork(name: string | undefined): { readonly handle: Fork; readonly progress: Progress } {
    const { endpoint, redirected, hubs } = this.#parts;
    const fork = hubs.forks.add(name);
    const isShared = (key: IdentityKey): boolean => hubs.forks.isShared(key, fork.hostedHub);
    const named = hostNamesOf(endpoint, { redirected, fork: fork.name });
    const hostNames = redirected
      ? named
      : {
          ...hostNamesOf(endpoint, { redirected }),
          sharedBy: (key: IdentityKey) => (isShared(key) ? named.https : undefined),
        };
    const env = () =>
      this.#variables(fork.hostedHub, (key) => (isShared(key) ? forkHostName(fork.name) : endpoint.hostname), {
        redirect: redirectTo(endpoint),
      });
    const handle = new ForkHandle(fork, { hostNames, env, forks: hubs.forks });
    return { handle, progress: fork.hostedHub.progress };
  }

  async openClass({ students: names, lesson }: ClassOptions): Promise<readonly Fork[]> {
    const { endpoint, hubs } = this.#parts;
    lessonIn(await hubs.classroom.lessons(), lesson);
    const hubNames = hubNamesOf(names);
    const students = names.map((name, index) => {
      const fork = this.#fork(hubNames[index]);
      return { name, fork: fork.handle, progress: fork.progress };
    });
    const joinUrl = `http://${endpoint.hostname}:${endpoint.ports.admin}/join`;
    hubs.classroom.open({ students, lesson, joinUrl });
    return students.map(({ fork }) => fork);
  }

  close(): Promise<void> {
    this.#closing ??= closeAll(this.#parts.opened);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #variables(
    { hub, policies }: HostedHub,
    hostNameFor: (key: IdentityKey) => string,
    more: Pick<ClientEnvironment, 'adminUrl' | 'adminToken' | 'redirect'>,
  ): Record<string, string> {
    const { options } = this.#parts;
    const hostName = this.#parts.endpoint.hostname;
    const ids = namedDevices(options, hub);
    const [only, ...others] = ids;
    const deviceString = (deviceId: string): string =>
      identityString(hostNameFor(deviceId), hub.registry, { deviceId });
    const client = {
      connectionString: serviceString(hostName, policies),
      eventHubConnectionString: eventHubString(hostName, policies, eventHubName(hub, BUILT_IN_ENDPOINT)),
      deviceConnectionString: only === undefined || others.length > 0 ? undefined : deviceString(only),
      devices: Object.fromEntries(ids.map((id) => [id, deviceString(id)])),
      ca: this.ca && this.caFile ? { pem: this.ca, file: this.caFile } : undefined,
      ...more,
    };
    return variablesFor(client, process.env);
  }
}

/** The devices that the options name one by one, as far as they still exist. */
const namedDevices = ({ devices }: Pick<Options, 'devices'>, hub: Hub): string[] =>
  devices
    .flatMap((device) => (typeof device === 'string' ? [device] : device.count === undefined ? [device.id] : []))
    .filter((id) => hub.registry.find(id) !== undefined);

const hostNamesOf = (
  endpoint: Endpoint,
  which: { readonly fork?: string; readonly redirected: boolean },
): HostNames => ({
  https: hostNameOf(endpoint, which),
  amqp: hostNameOf(endpoint, { ...which, protocol: 'amqp' }),
});

interface ForkParts {
  readonly hostNames: HostNames;
  env(): Record<string, string>;
  readonly forks: Forks;
}

class ForkHandle extends BaseHubHandle implements Fork {
  readonly name: string;
  readonly #hostedHub: HostedHub;
  readonly #parts: ForkParts;

  constructor({ name, hostedHub }: ReturnType<Forks['add']>, parts: ForkParts) {
    super(hostedHub, parts.hostNames);
    this.name = name;
    this.#hostedHub = hostedHub;
    this.#parts = parts;
  }

  env(): Record<string, string> {
    return this.#parts.env();
  }

  close(): Promise<void> {
    return this.#parts.forks.remove(this.name, this.#hostedHub);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
