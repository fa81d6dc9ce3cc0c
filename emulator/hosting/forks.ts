import type { Socket } from 'node:net';
import { HubError } from '../../protocol/errors.ts';
import type { FaultEffect } from '../../protocol/fault.ts';
import type { IdentityKey } from '../../protocol/identity-key.ts';
import { HubFinder, type ShownCredentials } from '../auth/hub-finder.ts';
import { forkIn, isForkName } from '../endpoints/host-names.ts';
import type { ServerName } from '../endpoints/protocols.ts';
import type { Hub } from '../hub/hub.ts';
import type { ConnectionHandlers } from '../servers/listener/listener.ts';
import type { HostedHub } from './hosted-hub.ts';

export interface NamedHub {
  readonly name: string;
  readonly hostedHub: HostedHub;
}

/** Makes a hub with the name and the state of another one. */
export type CopyHub = (name: string, from: HostedHub) => HostedHub;

/**
 * Several hubs on the same ports: the host name that a client connects to (SNI) selects one of them, or else the credentials
 * do that it shows.
 */
export class Forks implements ConnectionHandlers<ServerName> {
  readonly #original: HostedHub;
  readonly #copy: CopyHub;
  readonly #named = new Map<string, HostedHub>();
  /** By the storage account of their blobs. */
  readonly #accounts = new Map<string, HostedHub>();
  readonly #finder = new HubFinder();
  #count = 0;

  constructor(original: HostedHub, copy: CopyHub) {
    this.#original = original;
    this.#copy = copy;
  }

  /** Copies a hub. Throws a RangeError for a name that is in use or cannot be part of a host name. */
  add(name: string = this.#nextName(), from: HostedHub = this.#original): NamedHub {
    if (!isForkName(name))
      throw new RangeError(`${name} is not a valid name for a hub: use lower-case letters, digits and hyphens`);
    if (this.#named.has(name)) throw new RangeError(`There is a hub ${name} already`);
    const hostedHub = this.#copy(name, from);
    this.#named.set(name, hostedHub);
    if (hostedHub.storageAccount !== undefined) this.#accounts.set(hostedHub.storageAccount, hostedHub);
    return { name, hostedHub };
  }

  /** Closes a fork; its name can be used again at once. */
  async remove(name: string, hostedHub: HostedHub): Promise<void> {
    if (this.#named.get(name) === hostedHub) {
      this.#named.delete(name);
      this.#accounts.delete(hostedHub.storageAccount ?? '');
    }
    await hostedHub.close();
  }

  /** By its name. Throws GenericNotFound. */
  named(name: string): HostedHub {
    const found = this.#named.get(name);
    if (found === undefined) throw new HubError('GenericNotFound', `There is no hub ${name}`);
    return found;
  }

  /** By their names. */
  all(): readonly (readonly [name: string, hostedHub: HostedHub])[] {
    return [...this.#named];
  }

  get size(): number {
    return this.#named.size;
  }

  /** True if another hub would accept the identity's key or certificate too: it was given, not made. */
  isShared(key: IdentityKey, hostedHub: HostedHub): boolean {
    const own = hostedHub.find(key)?.identity.authentication;
    return this.#all.some((other) => {
      const others = other === hostedHub ? undefined : other.find(key)?.identity.authentication;
      return own !== undefined && own.type === others?.type && own.primaryKey === others.primaryKey;
    });
  }

  /**
   * The only fork that accepts the credentials, or else whose key was misused, so that it refuses them and its users see why;
   * undefined if there is none, or the original is such a hub too.
   */
  find(credentials: ShownCredentials): HostedHub | undefined {
    const accepting = this.#accepting(credentials);
    const [only, ...others] = accepting.length > 0 ? accepting : this.#finder.misusedAt(this.#all, credentials);
    return others.length > 0 || only === this.#original ? undefined : only;
  }

  /** The fork whose blobs are in the account. */
  withAccount(name: string): HostedHub | undefined {
    return this.#accounts.get(name);
  }

  /** The names of all hubs that accept the credentials. */
  namesOf(credentials: ShownCredentials): readonly string[] {
    if (this.#named.size === 0) return [];
    const accepting = new Set(this.#accepting(credentials));
    const forks = [...this.#named].flatMap(([name, hostedHub]) => (accepting.has(hostedHub) ? [name] : []));
    return accepting.has(this.#original) ? [this.#original.hub.hostName, ...forks] : forks;
  }

  get hasHandshakeFaults(): boolean {
    if (this.#original.hasHandshakeFaults) return true;
    for (const hostedHub of this.#named.values()) if (hostedHub.hasHandshakeFaults) return true;
    return false;
  }

  handshakeFault(hostName: string): FaultEffect | undefined {
    return this.#at(hostName).handshakeFault();
  }

  accept(server: ServerName, socket: Socket & { readonly servername?: string | false | null }): void {
    this.#at(socket.servername || '').accept(server, socket);
  }

  /** The hub that a client of this host name means. */
  hubAt(hostName: string): Hub {
    return this.#at(hostName).hub;
  }

  async close(): Promise<void> {
    for (const hostedHub of [...this.#named.values(), this.#original]) await hostedHub.close();
    this.#named.clear();
    this.#accounts.clear();
  }

  /** The fork that a host name belongs to; the original for every other name. */
  #at(hostName: string): HostedHub {
    return this.#named.get(forkIn(hostName) ?? '') ?? this.#original;
  }

  #accepting(credentials: ShownCredentials): readonly HostedHub[] {
    return this.#finder.among(this.#all, credentials);
  }

  get #all(): readonly HostedHub[] {
    return [this.#original, ...this.#named.values()];
  }

  #nextName(): string {
    this.#count += 1;
    return `fork-${this.#count}`;
  }
}
