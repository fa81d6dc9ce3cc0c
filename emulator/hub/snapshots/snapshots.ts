import { HubError } from '../../../protocol/errors.ts';
import type { Hub } from '../hub.ts';
import { demandReadable, restoreSnapshot, type Snapshot, takeSnapshot } from './snapshot.ts';

/** Gets each snapshot that is taken or deleted; without a name it is the one that a reset restores. */
export type SnapshotWatcher = (
  name: string | undefined,
  change: { readonly before: Snapshot | undefined; readonly after: Snapshot | undefined },
) => void;

/** Room: named snapshots of a hub, and the one that a reset restores. */
export class Snapshots {
  readonly #hub: Hub;
  readonly #named: Map<string, Snapshot>;
  #seed: Snapshot;
  #taken = 0;
  #watcher: SnapshotWatcher = () => {};

  /** `seed`: what `reset` goes back to; the present state if not given. `named`: those that there are already. */
  constructor(hub: Hub, seed: Snapshot = takeSnapshot(hub), named: Iterable<readonly [string, Snapshot]> = []) {
    this.#hub = hub;
    this.#seed = seed;
    this.#named = new Map(named);
  }

  /** @internal Calls `watcher` for each change from now on. */
  watch(watcher: SnapshotWatcher): void {
    this.#watcher = watcher;
  }

  /** @internal What `reset` goes back to. */
  get seed(): Snapshot {
    return this.#seed;
  }

  /** Makes the present state the one that `reset` goes back to. */
  seal(): void {
    const before = this.#seed;
    this.#seed = takeSnapshot(this.#hub);
    this.#watcher(undefined, { before, after: this.#seed });
  }

  /**
   * Back to the sealed state and the faults of the start. Connections stay unless `dropConnections` is true or their
   * identity is gone.
   */
  reset(options: { dropConnections?: boolean } = {}): void {
    demandReadable(this.#seed);
    if (options.dropConnections) this.#dropAll();
    this.#hub.faults.reset();
    restoreSnapshot(this.#hub, this.#seed);
  }

  /** Keeps the present state under `name`, or under a made-up one; an older snapshot of that name is replaced. */
  take(name?: string): string {
    const id = name ?? this.#nextName();
    const [before, after] = [this.#named.get(id), takeSnapshot(this.#hub)];
    this.#named.set(id, after);
    this.#watcher(id, { before, after });
    return id;
  }

  /** Throws GenericNotFound. */
  restore(name: string, options: { dropConnections?: boolean } = {}): void {
    const snapshot = this.get(name);
    demandReadable(snapshot);
    if (options.dropConnections) this.#dropAll();
    restoreSnapshot(this.#hub, snapshot);
  }

  /** Throws GenericNotFound. */
  get(name: string): Snapshot {
    const snapshot = this.#named.get(name);
    if (snapshot === undefined) throw new HubError('GenericNotFound', `There is no snapshot ${name}`);
    return snapshot;
  }

  delete(name: string): boolean {
    const before = this.#named.get(name);
    if (before !== undefined) this.#watcher(name, { before, after: undefined });
    return this.#named.delete(name);
  }

  list(): { readonly name: string; readonly at: number; readonly devices: number; readonly modules: number }[] {
    return [...this.#named].map(([name, { at, spaces }]) => ({
      name,
      at,
      devices: spaces.devices.size,
      modules: spaces.modules.size,
    }));
  }

  #nextName(): string {
    do this.#taken += 1;
    while (this.#named.has(`snapshot-${this.#taken}`));
    return `snapshot-${this.#taken}`;
  }

  #dropAll(): void {
    for (const session of [...this.#hub.sessions.live()]) this.#hub.sessions.drop(session.key, 'requested');
  }
}
