import type { Authority } from './authority.ts';

/** A place where programs look for the CAs that they trust. */
export interface Store {
  readonly name: StoreName;
  /** Whom it serves. */
  readonly readers: string;
  /** Why there is none here; undefined if there is one. */
  absence(): Promise<string | undefined>;
  /** One line that does the same by hand. */
  line(authority: Authority): string;
  /** Adds the CA. Throws a Failure that says what to do if this user may not. */
  trust(authority: Authority): Promise<Change>;
  /** Takes away what `trust` has added. */
  untrust(authority: Authority): Promise<Change>;
}

export const STORE_NAMES = ['os', 'java', 'nss'] as const;
export type StoreName = (typeof STORE_NAMES)[number];

/** What became of a store. */
export interface Change {
  readonly words: string;
  /** For the caller's shell, if it has to do its part. */
  readonly line?: string | undefined;
}
