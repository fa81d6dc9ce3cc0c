import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { never } from '../../kernel/clock.ts';
import type { Identity } from '../registry/identity.ts';
import type { Twin } from '../twins/twin.ts';

/** Connection state of an identity, and since when. Times are ISO 8601, UTC. */
export interface Connection {
  readonly connected: boolean;
  readonly updatedTime: string;
}

/** Connection state and activity of an identity. A class for the reason that `Member` is one. */
export class Presence implements Connection {
  readonly connected: boolean;
  readonly updatedTime: string;
  readonly activityTime: string;

  constructor({ connected, updatedTime }: Connection, activityTime: string) {
    this.connected = connected;
    this.updatedTime = updatedTime;
    this.activityTime = activityTime;
  }
}

/**
 * The row of one device or module: identity, twin and presence. Immutable. It is a class, as are those of its parts that each report
 * makes: all rows of a fleet live on when it is created. When V8 sees that objects of one literal do, it allocates later ones among old
 * objects, although each report replaces a row; those of a constructor stay among young ones (Node 20). Types do not refuse a literal, so
 * `test/hub/fleet/rows.test.ts` looks for one.
 * https://research.google/pubs/memento-mori-dynamic-allocation-site-based-optimizations/
 */
export class Member {
  readonly key: IdentityKey;
  readonly identity: Identity;
  readonly twin: Twin;
  readonly presence: Presence;
  /** Cloud-to-device messages that wait for the device. */
  readonly pendingMessages: number;

  constructor({ key, identity, twin, presence, pendingMessages }: Member) {
    this.key = key;
    this.identity = identity;
    this.twin = twin;
    this.presence = presence;
    this.pendingMessages = pendingMessages;
  }
}

/** `member` with another twin. */
export const withTwin = ({ key, identity, presence, pendingMessages }: Member, twin: Twin): Member =>
  new Member({ key, identity, twin, presence, pendingMessages });

/** `member` with another identity of the same key. */
export const withIdentity = ({ key, twin, presence, pendingMessages }: Member, identity: Identity): Member =>
  new Member({ key, identity, twin, presence, pendingMessages });

/** `member` with another presence. */
export const withPresence = ({ key, identity, twin, pendingMessages }: Member, presence: Presence): Member =>
  new Member({ key, identity, twin, presence, pendingMessages });

/** `member` with another number of waiting messages. */
export const withPending = ({ key, identity, twin, presence }: Member, pendingMessages: number): Member =>
  new Member({ key, identity, twin, presence, pendingMessages });

export const absent = new Presence({ connected: false, updatedTime: never }, never);

/** True if nothing but the activity differs. */
export const isSameConnection = (one: Connection, other: Connection): boolean =>
  one.connected === other.connected && one.updatedTime === other.updatedTime;
