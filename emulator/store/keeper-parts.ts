import type { Hub } from '../hub/hub.ts';
import type { Log } from '../log.ts';
import type { KeptLog } from './change-log.ts';
import type { Durability } from './durability.ts';
import type { StateStore } from './state-store.ts';

export interface KeeperParts {
  readonly hub: Hub;
  readonly store: StateStore;
  readonly durability: Durability;
  readonly log: Log;
  /** The log of changes that the store has; none if not given. */
  readonly kept?: KeptLog;
  /** For messages. */
  readonly folder: string;
  /** How long a store that has failed is left alone before the next attempt, ms; default 1 s. */
  readonly retryMs?: number;
  /** Characters of the log of changes from which on it is shortened; default 32 M. */
  readonly mostLog?: number;
}

/** What is kept besides the rows of the hub, when the store was removed. */
export interface Others {
  /** Reads what is only in the store, as far as it can be read still. */
  read(): void;
  /** Keeps it in the store again. Throws nothing. */
  keepAgain(): void;
}
