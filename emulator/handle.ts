import type { Policy } from './auth/policies.ts';
import type { Hub } from './hub/hub.ts';
import type { States } from './hub/states.ts';
import { settle } from './settle.ts';
import { identityString, serviceString } from './strings.ts';
import type { Tenant } from './tenant.ts';

/** One hub as a test or a program holds it. */
export interface HubHandle extends AsyncDisposable {
  /** The hub itself: its rooms. */
  readonly hub: Hub;
  /** Moments to which the hub can be taken back; `reset` goes back to the one it started with. */
  readonly states: States;
  /** For service apps, by shared access policy, `iothubowner` if not named. Throws a RangeError for an unknown one. */
  connectionString(policy?: string): string;
  /** Throws HubError DeviceNotFound. */
  deviceConnectionString(deviceId: string): string;
  /** Throws HubError DeviceNotFound, ModuleNotFound. */
  moduleConnectionString(deviceId: string, moduleId: string): string;
  /** Resolves when nothing is due, queued or on its way out. */
  settle(): Promise<void>;
  /** Drops every connection; nobody finds the hub any more. */
  close(): Promise<void>;
}

/** A hub that began as a copy of another one, behind the same door under a name of its own. */
export interface Fork extends HubHandle {
  readonly name: string;
  /** Environment variables under which a program on Node finds this hub and trusts it. */
  env(): Record<string, string>;
}

/** What handles of one emulator have in common. */
export interface Address {
  readonly hostName: string;
  readonly policies: ReadonlyMap<string, Policy>;
}

/** The part of a handle that needs no door. */
export class Grip {
  readonly hub: Hub;
  readonly states: States;
  readonly #address: Address;

  constructor(tenant: Tenant, address: Address) {
    this.hub = tenant.hub;
    this.states = tenant.states;
    this.#address = address;
  }

  connectionString(policy?: string): string {
    return serviceString(this.#address.hostName, this.#address.policies, policy);
  }

  deviceConnectionString(deviceId: string): string {
    return identityString(this.#address.hostName, this.hub.registry, { deviceId });
  }

  moduleConnectionString(deviceId: string, moduleId: string): string {
    return identityString(this.#address.hostName, this.hub.registry, { deviceId, moduleId });
  }

  settle(): Promise<void> {
    return settle(this.hub);
  }
}
