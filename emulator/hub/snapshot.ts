import type { IdentityKey } from '../../protocol/identity-key.ts';
import type { Due } from './agenda.ts';
import type { ConfigurationsState } from './configurations.ts';
import type { Fleet } from './fleet.ts';
import type { Hub } from './hub.ts';
import type { IdsState } from './ids.ts';
import type { ImportExportJob } from './import-export-job.ts';
import type { JobsState } from './jobs.ts';
import type { Kept } from './sessions.ts';

/** Everything that a hub is at one moment, but its connections. Rows are shared with the hub, being immutable. */
export interface Snapshot {
  readonly fleet: Fleet;
  readonly ids: IdsState;
  /** What sessions with `clean=0` listen to. */
  readonly subscriptions: Kept;
  readonly jobs: JobsState;
  readonly configurations: ConfigurationsState;
  readonly importExports: readonly ImportExportJob[];
  /** Counted from the moment of the snapshot: `at` is a delay in ms. */
  readonly agenda: readonly Due[];
}

export const takeSnapshot = (hub: Hub): Snapshot => {
  const now = hub.clock.now();
  return {
    fleet: hub.fleet.copy(),
    ids: hub.ids.state(),
    subscriptions: hub.sessions.kept(),
    jobs: hub.jobs.state(),
    configurations: hub.configurations.state(),
    importExports: hub.importExports.state(),
    agenda: hub.agenda.entries().map((due) => ({ ...due, at: due.at - now })),
  };
};

/**
 * Makes `hub` what it was. Connections stay, unless their identity is gone, was made anew since, or is disabled;
 * what is due keeps its distance from now.
 */
export const restoreSnapshot = (hub: Hub, snapshot: Snapshot): void => {
  const before = new Map([...hub.sessions.live()].map((session) => [session.key, generationOf(hub, session.key)]));
  const listening = new Map([...before.keys()].map((key) => [key, [...hub.sessions.subscriptions(key)] as const]));
  hub.methods.abandon();
  hub.fleet.restore(snapshot.fleet);
  hub.ids.restore(snapshot.ids);
  hub.jobs.restore(snapshot.jobs);
  hub.configurations.restore(snapshot.configurations);
  hub.importExports.restore(snapshot.importExports);
  hub.sessions.keep(snapshot.subscriptions, listening);
  hub.agenda.clear();
  const now = hub.clock.now();
  for (const due of snapshot.agenda) hub.agenda.put({ ...due, at: due.at + now });
  for (const [key, generation] of before)
    if (generationOf(hub, key) !== generation || hub.fleet.find(key)?.identity.status !== 'enabled')
      hub.sessions.drop(key, 'deleted');
  hub.sessions.reconcile();
};

const generationOf = (hub: Hub, key: IdentityKey): string | undefined => hub.fleet.find(key)?.identity.generationId;
