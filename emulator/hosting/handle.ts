import { type IdentityKey, type IdentityName, keyOf } from '../../protocol/identity-key.ts';
import { BUILT_IN_ENDPOINT } from '../../protocol/routing.ts';
import type { Policy } from '../auth/policies.ts';
import { eventHubString, identityString, plainEventHubString, serviceString } from '../endpoints/connection-strings.ts';
import type { Hub } from '../hub/hub.ts';
import { eventHubName } from '../hub/routing/event-hub-name.ts';
import type { Snapshots } from '../hub/snapshots/snapshots.ts';
import type { HostedHub } from './hosted-hub.ts';
import { settle } from './settle.ts';

/** One hub, as a test or a program uses it. */
export interface HubHandle extends AsyncDisposable {
  /**
   * The hub without its servers: reads and writes here are synchronous and need no connection.
   * @example emulator.hub.twins.get('d1').twin.tags
   */
  readonly hub: Hub;
  /**
   * States of the hub that can be restored; `reset` goes back to the one that it started with.
   * @example emulator.snapshots.reset({ dropConnections: true })
   */
  readonly snapshots: Snapshots;
  /**
   * The connection string for service apps.
   * @param policy - Name of a shared access policy; default `iothubowner`, which may do everything.
   * @throws RangeError for an unknown policy.
   * @example Registry.fromConnectionString(emulator.connectionString('registryReadWrite'))
   */
  connectionString(policy?: string): string;
  /**
   * The connection string of a device, with its primary key.
   * @throws HubError DeviceNotFound.
   * @example Client.fromConnectionString(emulator.deviceConnectionString('d1'), Mqtt)
   */
  deviceConnectionString(deviceId: string): string;
  /**
   * The connection string of a module, with its primary key.
   * @throws HubError DeviceNotFound, ModuleNotFound.
   * @example ModuleClient.fromConnectionString(emulator.moduleConnectionString('d1', 'm1'), Mqtt)
   */
  moduleConnectionString(deviceId: string, moduleId: string): string;
  /**
   * The connection string of an event hub, in which messages and events can be read with the SDKs of Event Hubs.
   * @param eventHub - The name of an endpoint of the routing; default `events`, the built-in one.
   * @param form - `plain` for AMQP without TLS (`UseDevelopmentEmulator=true`), on the port of the option `amqpPlainPort`.
   * @throws RangeError for a name that is not an endpoint, and for `plain` on a hub without that port; forks have none.
   * @example new EventHubConsumerClient('$Default', emulator.eventsConnectionString())
   */
  eventsConnectionString(eventHub?: string, form?: 'tls' | 'plain'): string;
  /**
   * Resolves when no job or timer is due, everything that was received is processed, and everything that the hub sends has
   * been written to the sockets. Waits at most 5 s for clients that read slowly.
   */
  settle(): Promise<void>;
  /** Drops every connection and closes the hub. */
  close(): Promise<void>;
}

/** A hub that started as a copy of another one. It has the same ports, but keys and a host name of its own. */
export interface Fork extends HubHandle {
  /** Part of its host name, `{name}.hub.localhost`. */
  readonly name: string;
  /**
   * Environment variables with which a program on Node finds this hub and trusts it.
   * @example spawn('node', ['app.js'], { env: { ...process.env, ...fork.env() } })
   */
  env(): Record<string, string>;
}

/** A hub's host name with the port of each protocol, unless it is the usual one. */
export interface HostNames {
  readonly https: string;
  readonly amqp: string;
  /** The port of AMQP without TLS; undefined if there is none. */
  readonly plainAmqp?: number | undefined;
  /** With the port of HTTPS, for an identity whose credentials other hubs accept too. */
  sharedBy?(key: IdentityKey): string | undefined;
}

/** What the handles of all hubs have in common. */
export class BaseHubHandle {
  readonly hub: Hub;
  readonly snapshots: Snapshots;
  readonly #hostNames: HostNames;
  readonly #policies: ReadonlyMap<string, Policy>;

  constructor({ hub, snapshots, policies }: HostedHub, hostNames: HostNames) {
    this.hub = hub;
    this.snapshots = snapshots;
    this.#hostNames = hostNames;
    this.#policies = policies;
  }

  connectionString(policy?: string): string {
    return serviceString(this.#hostNames.https, this.#policies, policy);
  }

  deviceConnectionString(deviceId: string): string {
    return this.#identityString({ deviceId });
  }

  moduleConnectionString(deviceId: string, moduleId: string): string {
    return this.#identityString({ deviceId, moduleId });
  }

  eventsConnectionString(eventHub: string = BUILT_IN_ENDPOINT, form: 'tls' | 'plain' = 'tls'): string {
    const { amqp, plainAmqp } = this.#hostNames;
    if (form === 'plain') return plainEventHubString(plainAmqp, this.#policies, eventHubName(this.hub, eventHub));
    return eventHubString(amqp, this.#policies, eventHubName(this.hub, eventHub));
  }

  settle(): Promise<void> {
    return settle(this.hub);
  }

  #identityString(name: IdentityName): string {
    const { https, sharedBy } = this.#hostNames;
    return identityString(sharedBy?.(keyOf(name)) ?? https, this.hub.registry, name);
  }
}
