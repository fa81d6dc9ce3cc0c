import type { TLSSocket } from 'node:tls';
import type { FaultEffect } from '../protocol/fault.ts';
import { type Address, type Fork, Grip } from './handle.ts';
import { type Clock, VirtualClock } from './hub/clock.ts';
import type { Fleet } from './hub/fleet.ts';
import type { Hub } from './hub/hub.ts';
import { restoreSnapshot, takeSnapshot } from './hub/snapshot.ts';
import type { Residents } from './servers/door.ts';
import type { Tenant } from './tenant.ts';

/** How hubs of one emulator are made and found. */
export interface ForkParts {
  readonly original: Tenant;
  makeHub(parts: { clock: Clock; fleet: Fleet }): Hub;
  makeTenant(hub: Hub, seed: ReturnType<typeof takeSnapshot>): Tenant;
  /** Under which host name the fork `name` is found. */
  addressOf(name: string): Address;
}

/** Several hubs behind one door: the name that a client dials (SNI) tells which one it means. */
export class Forks implements Residents {
  readonly #parts: ForkParts;
  readonly #named = new Map<string, Tenant>();
  #made = 0;

  constructor(parts: ForkParts) {
    this.#parts = parts;
  }

  /**
   * A hub that starts as a copy of the original, with a clock of its own if the clock is virtual; `env` is what its
   * `Fork.env` gives. Throws a RangeError for a name that is taken or is no label of a host name.
   */
  fork(env: VariablesOf, name: string = this.#nextName()): Fork {
    if (!/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(name) || /^p\d+(?:-|$)/.test(name))
      throw new RangeError(`${name} is no name for a hub: use small letters, digits and hyphens`);
    if (this.#named.has(name)) throw new RangeError(`There is a hub ${name} already`);
    const tenant = this.#copy();
    this.#named.set(name, tenant);
    return new ForkHandle(name, tenant, {
      address: this.#parts.addressOf(name),
      env,
      leave: () => {
        if (this.#named.get(name) === tenant) this.#named.delete(name);
      },
    });
  }

  get isTreacherous(): boolean {
    if (this.#parts.original.isTreacherous) return true;
    for (const tenant of this.#named.values()) if (tenant.isTreacherous) return true;
    return false;
  }

  trick(name: string): FaultEffect | undefined {
    return this.#called(name).trick();
  }

  mqtt(socket: TLSSocket): void {
    this.#meant(socket).mqtt(socket);
  }

  http(socket: TLSSocket): void {
    this.#meant(socket).http(socket);
  }

  async close(): Promise<void> {
    for (const tenant of [...this.#named.values(), this.#parts.original]) await tenant.close();
    this.#named.clear();
  }

  #copy(): Tenant {
    const { original, makeHub, makeTenant } = this.#parts;
    const { clock } = original.hub;
    const snapshot = takeSnapshot(original.hub);
    // with its rows from the start nobody has to hear of each of them
    const fleet = snapshot.fleet.copy();
    const hub = makeHub({ clock: clock instanceof VirtualClock ? new VirtualClock(clock.now()) : clock, fleet });
    restoreSnapshot(hub, snapshot);
    return makeTenant(hub, snapshot);
  }

  #meant({ servername }: TLSSocket & { servername?: string | false | null }): Tenant {
    return this.#called(servername || '');
  }

  #called(hostName: string): Tenant {
    const [, name] = /^(?:p\d+-)?([a-z0-9-]+)\.hub\.localhost$/i.exec(hostName) ?? [];
    return this.#named.get(name?.toLowerCase() ?? '') ?? this.#parts.original;
  }

  #nextName(): string {
    this.#made += 1;
    return `fork-${this.#made}`;
  }
}

type VariablesOf = (fork: Fork) => Record<string, string>;

/** What ties a fork to its emulator. */
interface Ties {
  readonly address: Address;
  readonly env: VariablesOf;
  leave(): void;
}

class ForkHandle extends Grip implements Fork {
  readonly name: string;
  readonly #tenant: Tenant;
  readonly #env: VariablesOf;
  readonly #leave: () => void;

  constructor(name: string, tenant: Tenant, { address, env, leave }: Ties) {
    super(tenant, address);
    this.name = name;
    this.#env = env;
    this.#tenant = tenant;
    this.#leave = leave;
  }

  env(): Record<string, string> {
    return this.#env(this);
  }

  close(): Promise<void> {
    this.#leave();
    return this.#tenant.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
