import { HubError } from '../../../protocol/errors.ts';
import type { Hub } from '../hub.ts';
import { restoreSnapshot, type Snapshot, takeSnapshot } from './snapshot.ts';

/** Room: named snapshots of a hub, and the one that a reset restores. */
export class Snapshots {
  readonly #hub: Hub;
  readonly #named = new Map<string, { readonly snapshot: Snapshot; readonly at: number }>();
  #seed: Snapshot;
  #taken = 0;

  /** `seed`: what `reset` goes back to; the present state if not given. */
  constructor(hub: Hub, seed: Snapshot = takeSnapshot(hub)) {
    this.#hub = hub;
    this.#seed = seed;
  }

  /** Makes the present state the one that `reset` goes back to. */
  seal(): void {
    this.#seed = takeSnapshot(this.#hub);
  }

  /**
   * Back to the sealed state and the faults of the start. Connections stay unless `dropConnections` is true or their
   * identity is gone.
   */
  reset(options: { dropConnections?: boolean } = {}): void {
    if (options.dropConnections) this.#dropAll();
    this.#hub.faults.reset();
    restoreSnapshot(this.#hub, this.#seed);
  }

  /** Keeps the present state under `name`, or under a made-up one; an older snapshot of that name is replaced. */
  take(name?: string): string {
    this.#taken += 1;
    const id = name ?? `snapshot-${this.#taken}`;
    this.#named.set(id, { snapshot: takeSnapshot(this.#hub), at: this.#hub.clock.now() });
    return id;
  }

  /** Throws GenericNotFound. */
  restore(name: string, options: { dropConnections?: boolean } = {}): void {
    const state = this.#named.get(name);
    if (state === undefined) throw new HubError('GenericNotFound', `There is no snapshot ${name}`);
    if (options.dropConnections) this.#dropAll();
    restoreSnapshot(this.#hub, state.snapshot);
  }

  delete(name: string): boolean {
    return this.#named.delete(name);
  }

  list(): { readonly name: string; readonly at: number; readonly devices: number; readonly modules: number }[] {
    return [...this.#named].map(([name, { snapshot, at }]) => ({
      name,
      at,
      devices: snapshot.spaces.devices.size,
      modules: snapshot.spaces.modules.size,
    }));
  }

  #dropAll(): void {
    for (const session of [...this.#hub.sessions.live()]) this.#hub.sessions.drop(session.key, 'requested');
  }
}
