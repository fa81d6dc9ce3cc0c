import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { never } from '../../kernel/clock.ts';
import type { Identity } from '../registry/identity.ts';
import type { Twin } from '../twins/twin.ts';

/** Connection state of an identity, and since when. Times are ISO 8601, UTC. */
export interface Connection {
  readonly connected: boolean;
  readonly updatedTime: string;
}

/** Connection state and activity of an identity. */
export interface Presence extends Connection {
  readonly activityTime: string;
}

/** The row of one device or module: identity, twin and presence. Immutable. */
export interface Member {
  readonly key: IdentityKey;
  readonly identity: Identity;
  readonly twin: Twin;
  readonly presence: Presence;
  /** Cloud-to-device messages that wait for the device. */
  readonly pendingMessages: number;
}

/** `member` with another twin. Written out: a spread of rows that were made in different places costs ten times as much. */
export const withTwin = ({ key, identity, presence, pendingMessages }: Member, twin: Twin): Member => ({
  key,
  identity,
  twin,
  presence,
  pendingMessages,
});

/** `member` with another identity of the same key. */
export const withIdentity = ({ key, twin, presence, pendingMessages }: Member, identity: Identity): Member => ({
  key,
  identity,
  twin,
  presence,
  pendingMessages,
});

/** `member` with another presence. */
export const withPresence = ({ key, identity, twin, pendingMessages }: Member, presence: Presence): Member => ({
  key,
  identity,
  twin,
  presence,
  pendingMessages,
});

/** `member` with another number of waiting messages. */
export const withPending = ({ key, identity, twin, presence }: Member, pendingMessages: number): Member => ({
  key,
  identity,
  twin,
  presence,
  pendingMessages,
});

export const absent: Presence = { connected: false, updatedTime: never, activityTime: never };

/** True if nothing but the activity differs. */
export const isSameConnection = (one: Connection, other: Connection): boolean =>
  one.connected === other.connected && one.updatedTime === other.updatedTime;
