import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { StoreCopy } from '../../kernel/store.ts';
import { Table } from '../../kernel/table.ts';
import { type Member, withIdentity } from '../fleet/member.ts';
import { type Derive, derivedKey } from '../ids.ts';
import type { Snapshot } from '../snapshots/snapshot.ts';
import type { Authentication, Identity } from './identity.ts';

/** A key: the generation in which the hub made it, or its text if it was given. */
type Origin = number | string;
type Which = 'primary' | 'secondary';

interface Origins {
  readonly primary: Origin;
  readonly secondary: Origin;
}

/** Both keys were given. */
const GIVEN: Origins = { primary: '', secondary: '' };

/**
 * Gives copies of a hub keys of their own: those that the hub `derive`d are derived again for each copy, and keys that users
 * gave stay.
 */
export class OwnKeys {
  readonly #derive: Derive;
  readonly #origins = new WeakMap<Identity, Origins>();

  constructor(derive: Derive) {
    this.#derive = derive;
  }

  /** The snapshot with the keys that `derive` makes. Each row gets them when it is read first: all at once would take milliseconds. */
  give(snapshot: Snapshot, derive: Derive): Snapshot {
    const rekeyed = (member: Member): Member => this.#rekeyed(member, derive);
    const { devices, modules } = snapshot.spaces;
    return {
      ...snapshot,
      spaces: {
        ...snapshot.spaces,
        devices: tableOf(devices).mapped(rekeyed),
        modules: tableOf(modules).mapped(rekeyed),
      },
    };
  }

  #rekeyed(member: Member, derive: Derive): Member {
    const { key, identity } = member;
    if (identity.authentication.type !== 'sas') return member;
    let origins = this.#origins.get(identity);
    if (origins === undefined) {
      origins = this.#originsOf(key, identity);
      this.#origins.set(identity, origins);
    }
    return origins === GIVEN ? member : withIdentity(member, rekey(identity, new DerivedKeys(derive, key, origins)));
  }

  #originsOf(key: IdentityKey, identity: Identity): Origins {
    const origin = (which: Which): Origin => {
      const text = identity.authentication[`${which}Key`] ?? '';
      for (let generation = identity.keyGeneration; generation >= 0; generation -= 1)
        if (derivedKey(this.#derive, { key, which, generation }) === text) return generation;
      return text;
    };
    const origins = { primary: origin('primary'), secondary: origin('secondary') };
    return Object.values(origins).some((one) => typeof one === 'number') ? origins : GIVEN;
  }
}

const tableOf = (copy: StoreCopy<Member>): Table<Member> =>
  copy instanceof Table ? (copy as Table<Member>) : Table.of(copy); // a copy of the fleet has its rows

/** Keys that are derived whenever they are read: a copy of a large hub would take seconds to derive all of them. */
class DerivedKeys implements Authentication {
  readonly #derive: Derive;
  readonly #key: IdentityKey;
  readonly #origins: Origins;

  constructor(derive: Derive, key: IdentityKey, origins: Origins) {
    this.#derive = derive;
    this.#key = key;
    this.#origins = origins;
  }

  get type(): 'sas' {
    return 'sas';
  }

  get primaryKey(): string {
    return this.#read('primary');
  }

  get secondaryKey(): string {
    return this.#read('secondary');
  }

  get primaryThumbprint(): null {
    return null;
  }

  get secondaryThumbprint(): null {
    return null;
  }

  /** Plain data, as rows are that rooms write. */
  toJSON(): Authentication {
    const { type, primaryKey, secondaryKey, primaryThumbprint, secondaryThumbprint } = this;
    return { type, primaryKey, secondaryKey, primaryThumbprint, secondaryThumbprint };
  }

  #read(which: Which): string {
    const origin = this.#origins[which];
    return typeof origin === 'string'
      ? origin
      : derivedKey(this.#derive, { key: this.#key, which, generation: origin });
  }
}

/** Written out: a spread of rows that were made in different places costs ten times as much. */
const rekey = (identity: Identity, authentication: Authentication): Identity => ({
  deviceId: identity.deviceId,
  moduleId: identity.moduleId,
  generationId: identity.generationId,
  etag: identity.etag,
  statusUpdatedTime: identity.statusUpdatedTime,
  keyGeneration: identity.keyGeneration,
  status: identity.status,
  statusReason: identity.statusReason,
  authentication,
  iotEdge: identity.iotEdge,
  deviceScope: identity.deviceScope,
  parentScopes: identity.parentScopes,
  managedBy: identity.managedBy,
});
