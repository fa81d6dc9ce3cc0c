import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import { copyOf } from '../../kernel/state-map.ts';
import type { StoreCopy } from '../../kernel/store.ts';
import type { HubChanges, HubSpaces } from '../changes.ts';
import type { Configurations } from '../configurations/configurations.ts';
import type { EventStream } from '../event-stream/event-stream.ts';
import type { HubBus } from '../events.ts';
import type { Blobs } from '../files/blobs.ts';
import type { Files } from '../files/files.ts';
import type { FleetView } from '../fleet/fleet.ts';
import type { PresenceTracker } from '../fleet/presence.ts';
import type { History } from '../history/history.ts';
import type { ImportExportJobs } from '../import-export/import-export-jobs.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Feedback } from '../messaging/feedback.ts';
import type { Inbox } from '../messaging/inbox.ts';
import { postponed, type Queued } from '../messaging/locked-queue.ts';
import type { Methods } from '../messaging/methods.ts';
import type { Sessions } from '../messaging/sessions.ts';
import type { Resumption } from '../resumption.ts';
import type { Outbox } from '../routing/outbox.ts';
import type { Tiers } from '../tiers/tiers.ts';

/**
 * The state of a hub at one moment, without sessions, clock, faults and index lag. Rows are immutable and shared with the
 * hub; key spaces can write them as JSON.
 */
export interface Snapshot {
  readonly version: 1;
  /** Milliseconds since 1970 on the clock of the hub. */
  readonly at: number;
  readonly spaces: SnapshotSpaces;
}

/** Rows by key space. */
export type SnapshotSpaces = { readonly [N in Kept]: StoreCopy<N extends keyof HubSpaces ? HubSpaces[N] : never> };

/** The key spaces of a snapshot. */
export const KEPT = [
  'devices',
  'modules',
  'jobs',
  'job-rows',
  'job-runs',
  'configurations',
  'configuration-orders',
  'configuration-results',
  'configuration-progress',
  'configuration-queue',
  'import-exports',
  'subscriptions',
  'stream-events',
  'stream-ends',
  'routing',
  'routing-counts',
  'outbox',
  'endpoint-health',
  'inbox',
  'inbox-numbers',
  'feedback',
  'feedback-numbers',
  'feedback-records',
  'file-uploads',
  'file-notifications',
  'file-notifications-numbers',
  'blobs',
  'blob-blocks',
  'device-templates',
  'ids',
  'timers',
] as const;
type Kept = (typeof KEPT)[number];

/** The parts of a hub that a snapshot is taken from and restored to. */
export interface SnapshotParts extends RoomsToResume {
  readonly clock: Clock;
  readonly changes: HubChanges;
  readonly fleet: FleetView;
  readonly methods: Methods;
  readonly tiers: Tiers;
}

export const takeSnapshot = ({ clock, changes }: Pick<SnapshotParts, 'clock' | 'changes'>): Snapshot => {
  const spaces = Object.fromEntries(KEPT.map((name) => [name, changes.space(name).copy()]));
  return { version: 1, at: clock.now(), spaces: spaces as SnapshotSpaces }; // an entry for each name
};

/** Rows that are read from a disk now may be damaged, which is found before anything changes. Throws what reading them does. */
export const demandReadable = ({ spaces }: Snapshot): void => {
  for (const copy of Object.values<StoreCopy<unknown>>(spaces)) copy.entries();
};

/**
 * Takes `hub` back. Sessions stay, unless their identity does not exist, is another one than now, or is disabled. Timers
 * keep their distance from now; throttles are as if nothing had passed, and operations that waited for them happen before.
 * Publishes each row that differs to `changes`, then the event `hub.restored`.
 */
export const restoreSnapshot = (hub: SnapshotParts, { at, spaces }: Snapshot): void => {
  hub.tiers.clear();
  hub.tiers.release();
  hub.methods.abandon();
  for (const { key } of [...hub.sessions.live()]) if (!isSame(hub, spaces, key)) hub.sessions.drop(key, 'deleted');
  const later = hub.clock.now() - at;
  hub.history.clear();
  for (const name of KEPT) hub.changes.space(name).restore(rowsOf(spaces, name, later));
  resumeRooms(hub);
  hub.history.clear(); // of what rooms have corrected
};

/**
 * Takes `hub` back to rows that were before: `load` loads them. Sessions stay, unless their identity does not exist then, is
 * another one or is disabled. Publishes the event `hub.restored`.
 */
export const takeBack = (hub: RoomsToResume & { readonly fleet: FleetView }, load: () => void): void => {
  const before = Array.from(hub.sessions.live(), ({ key }) => [key, hub.fleet.find(key)?.identity] as const);
  load();
  for (const [key, identity] of before) {
    const now = hub.fleet.find(key)?.identity;
    if (now?.status !== 'enabled' || now.generationId !== identity?.generationId) hub.sessions.drop(key, 'deleted');
  }
  resumeRooms(hub);
};

/** Rooms that keep more than their rows, derived from them. */
export interface RoomsToResume {
  readonly configurations: Configurations;
  readonly jobs: Jobs;
  readonly importExports: ImportExportJobs;
  readonly stream: EventStream;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly feedback: Feedback;
  readonly blobs: Blobs;
  readonly files: Files;
  readonly scheduler: Scheduler;
  readonly presence: PresenceTracker;
  readonly history: History;
  readonly sessions: Sessions;
  readonly events: HubBus;
}

/** Derives again what rooms keep besides their rows, after rows were loaded or restored. */
export const resumeRooms = (hub: RoomsToResume, how: Resumption = {}): void => {
  hub.configurations.resume();
  hub.jobs.resume();
  hub.importExports.resume(how);
  hub.stream.resume();
  hub.outbox.resume();
  hub.scheduler.derive();
  hub.feedback.resume(how);
  hub.blobs.resume();
  hub.files.resume(how);
  hub.inbox.resume(how);
  if (how.goesOn !== true) hub.presence.reconcile(new Set(Array.from(hub.sessions.live(), ({ key }) => key)));
  hub.history.resume();
  hub.events.publish({ type: 'hub.restored' });
};

/** True if the snapshot has the identity of a session, enabled, and it is the same one as now. */
const isSame = ({ fleet }: SnapshotParts, spaces: SnapshotSpaces, key: IdentityKey): boolean => {
  const then = spaces[key.includes('/') ? 'modules' : 'devices'].find(key)?.identity;
  return then?.status === 'enabled' && then.generationId === fleet.find(key)?.identity.generationId;
};

/** The rows of a space, in which times keep their distance from now: `ms` later than they were. */
const rowsOf = (spaces: SnapshotSpaces, name: Kept, ms: number): StoreCopy<unknown> => {
  switch (name) {
    case 'timers':
      return each(spaces.timers, (timer) => ({ ...timer, at: timer.at + ms }));
    case 'inbox':
    case 'feedback':
    case 'file-notifications':
      return each<Queued<unknown>>(spaces[name], (message) => postponed(message, ms));
    case 'file-uploads':
      return each(spaces['file-uploads'], (upload) => ({ ...upload, expiresAt: upload.expiresAt + ms }));
    case 'device-templates': // snapshots of earlier versions have none
      return spaces[name] ?? copyOf([]);
    default:
      return spaces[name];
  }
};

const each = <V>(rows: StoreCopy<V>, change: (value: V) => V): StoreCopy<V> =>
  copyOf(Array.from(rows.entries(), (row) => ({ ...row, value: change(row.value) })));
