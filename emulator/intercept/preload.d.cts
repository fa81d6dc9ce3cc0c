/** Where connections to a hub's names go. */
export interface Route {
  /** Lower-case names and addresses; `*.x` covers everything below x. */
  readonly hosts: readonly string[];
  /** The emulator's address. */
  readonly address: string;
  /** The port that stands in for 443. */
  readonly https: number;
  /** The port that stands in for 8883. */
  readonly mqtt: number;
  /** PEM: trusted on connections to these names, beside the roots that are trusted anyway. */
  readonly ca?: string | undefined;
}

/** Leads this process's connections as `route` says until the returned function is called. */
export function lead(route: Route): () => void;
