import { areKnown, type Ports, routeOf, urlHost } from './addresses.ts';
import type { Certificates } from './certificates/certificates.ts';
import { environmentOf, type Surroundings } from './environment.ts';
import type { Forks } from './forks.ts';
import { type Address, type Fork, Grip, type HubHandle } from './handle.ts';
import type { Hub } from './hub/hub.ts';
import type { Options } from './options.ts';
import { identityString, serviceString } from './strings.ts';
import type { Tenant } from './tenant.ts';

/** A hub that listens. */
export interface Emulator extends HubHandle {
  readonly httpsPort: number;
  readonly mqttPort: number;
  readonly adminPort: number;
  /** The emulator's own API. */
  readonly adminUrl: string;
  /** The development CA, PEM; undefined if the certificate was brought along. */
  readonly ca: string | undefined;
  readonly caFile: string | undefined;
  /** Environment variables under which a program finds this hub and trusts it. */
  env(): Record<string, string>;
  /**
   * A hub of its own that starts as a copy of this one, on the same ports under the name `{name}.hub.localhost`. Throws a
   * RangeError for a name that is taken or none.
   */
  fork(name?: string): Fork;
  /** Drops every connection, those of forks too, and stops listening. */
  close(): Promise<void>;
}

/** How to close what was opened. */
export type Shut = () => Promise<void> | void;

/** An emulator whose doors are open. */
export class Running extends Grip implements Emulator {
  readonly httpsPort: number;
  readonly mqttPort: number;
  readonly adminPort: number;
  readonly adminUrl: string;
  readonly ca: string | undefined;
  readonly caFile: string | undefined;
  readonly #options: Options;
  readonly #ports: Ports;
  readonly #policies: Address['policies'];
  readonly #forks: Forks;
  readonly #opened: Shut[];
  #closing: Promise<void> | undefined;

  constructor(
    tenant: Tenant,
    address: Address,
    parts: { options: Options; ports: Ports; certificates: Certificates; forks: Forks; opened: Shut[] },
  ) {
    super(tenant, address);
    const { options, ports } = parts;
    this.httpsPort = ports.https;
    this.mqttPort = ports.mqtt;
    this.adminPort = ports.admin;
    this.adminUrl = `http://${urlHost(options.adminHost)}:${ports.admin}`;
    this.ca = parts.certificates.ca;
    this.caFile = parts.certificates.caFile;
    this.#options = options;
    this.#ports = ports;
    this.#policies = address.policies;
    this.#forks = parts.forks;
    this.#opened = parts.opened;
  }

  env(): Record<string, string> {
    const route = areKnown(this.#ports) ? undefined : routeOf(this.#options, this.#ports);
    const { hostname, adminToken } = this.#options;
    return this.#variables(this.hub, { hostname, adminUrl: this.adminUrl, adminToken, route });
  }

  /** Forks are reached by those who are led only: no name server knows them. */
  #envOfFork({ hub, name }: Pick<Fork, 'hub' | 'name'>): Record<string, string> {
    return this.#variables(hub, { hostname: `${name}.hub.localhost`, route: routeOf(this.#options, this.#ports) });
  }

  #variables(hub: Hub, { hostname, ...ways }: Whereabouts): Record<string, string> {
    const { devices } = this.#options;
    const [first, ...others] = devices;
    const only = others.length > 0 ? undefined : typeof first === 'object' ? first.id : first;
    const isThere = only !== undefined && hub.registry.find(only) !== undefined;
    return environmentOf(
      {
        connectionString: serviceString(hostname, this.#policies),
        deviceConnectionString: isThere ? identityString(hostname, hub.registry, { deviceId: only }) : undefined,
        ca: this.ca && this.caFile ? { pem: this.ca, file: this.caFile } : undefined,
        ...ways,
      },
      process.env,
    );
  }

  fork(name?: string): Fork {
    return this.#forks.fork((fork) => this.#envOfFork(fork), name);
  }

  close(): Promise<void> {
    this.#closing ??= shutAll(this.#opened);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Where a program finds one of the hubs. */
interface Whereabouts extends Pick<Surroundings, 'adminUrl' | 'adminToken' | 'route'> {
  readonly hostname: string;
}

/** Closes in reverse. */
export const shutAll = async (opened: Shut[]): Promise<void> => {
  for (const shut of opened.splice(0).reverse()) await shut();
};
