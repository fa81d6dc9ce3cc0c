import type { Authority } from './authority.ts';

/** A place where programs look for the CAs that they trust. */
export interface Store {
  readonly name: StoreName;
  /** The programs that use it. */
  readonly readers: string;
  /** Why this machine does not have it; undefined if it has. */
  absence(): Promise<string | undefined>;
  /** One command that does the same by hand. */
  line(authority: Authority): string;
  /** Adds the CA. Throws a Failure that says what to do if this user may not add it. */
  trust(authority: Authority): Promise<Change>;
  /** Removes what `trust` has added. */
  untrust(authority: Authority): Promise<Change>;
}

export const STORE_NAMES = ['os', 'java', 'nss'] as const;
export type StoreName = (typeof STORE_NAMES)[number];

/** The result of a change. */
export interface Change {
  readonly text: string;
  /** A line for the caller's shell, if it has to do something too. */
  readonly line?: string | undefined;
}
