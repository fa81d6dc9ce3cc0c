import type { Actor } from '../../../hub/history/actors.ts';
import type { Hub } from '../../../hub/hub.ts';
import type { Journal } from '../../../hub/journal.ts';
import type { Snapshots } from '../../../hub/snapshots/snapshots.ts';
import type { Progress } from '../../../lessons/progress.ts';
import type { Traffic } from '../../traffic/traffic.ts';
import type { ClassParts } from '../classroom.ts';
import type { AdminRoute } from '../route.ts';
import { clock } from './clock.ts';
import { compare } from './compare.ts';
import { type ConnectionStrings, connectionStrings } from './connection-strings.ts';
import { connections } from './connections.ts';
import { drift } from './drift.ts';
import { dryRun } from './dry-run.ts';
import { type EmulatorsParts, emulators } from './emulators.ts';
import { events } from './events.ts';
import { faults } from './faults.ts';
import { files } from './files.ts';
import { fleet } from './fleet.ts';
import { history } from './history.ts';
import { type HubsParts, hubs } from './hubs.ts';
import { classroom, lessons } from './lessons.ts';
import { liveQuery } from './live-query.ts';
import { messages } from './messages.ts';
import { metrics } from './metrics.ts';
import { monitor } from './monitor.ts';
import { queries } from './queries.ts';
import { routing } from './routing.ts';
import { seeds } from './seeds.ts';
import { simulated } from './simulated.ts';
import { snapshots } from './snapshots.ts';
import { type TraceParts, trace } from './trace.ts';
import { traffic } from './traffic.ts';
import { usage } from './usage.ts';

/** What the operations of one hub need. */
export interface HubAdminParts {
  readonly hub: Hub;
  readonly snapshots: Snapshots;
  readonly journal: Journal;
  readonly traffic: Traffic;
  readonly connectionStrings: ConnectionStrings;
  readonly progress: Progress;
  /** In their order. */
  readonly lessons: ClassParts['lessons'];
  /** A fork by its name. Throws GenericNotFound. */
  otherHub(name: string): { readonly hub: Hub };
  /** Resolves when nothing is due, queued or being sent. */
  settle(): Promise<void>;
}

export interface AdminParts extends HubAdminParts {
  readonly trace: TraceParts;
  readonly hubs: HubsParts;
  readonly emulators: EmulatorsParts;
  readonly classroom: ClassParts;
  /** The development CA, PEM. */
  readonly ca: string | undefined;
  /** Some webhook's `validationUrl` was asked; false if none waits for this code. */
  acceptWebhook(code: string): boolean;
}

/** The operations on a hub that Azure's API does not have. */
export const adminRoutes = (parts: AdminParts): readonly AdminRoute[] =>
  asAdmin(parts.hub, [
    ...hubTables(parts),
    ...trace(parts.trace),
    ...routing(parts.hub, (code) => parts.acceptWebhook(code)),
    ...classroom(parts.classroom, parts.ca),
    ...hubs(parts.hubs),
    ...emulators(parts.emulators),
  ]);

/** Those of a fork. */
export const forkRoutes = (parts: HubAdminParts): readonly AdminRoute[] =>
  asAdmin(parts.hub, [...hubTables(parts), ...routing(parts.hub, () => false)]);

const asAdmin = ({ actors }: Hub, rows: readonly AdminRoute[]): readonly AdminRoute[] =>
  rows.map((row) => ({ ...row, run: (request) => actors.as(ADMIN, () => row.run(request)) }));

const ADMIN: Actor = { kind: 'admin' };

const hubTables = (parts: HubAdminParts): readonly AdminRoute[] => [
  ...connectionStrings(parts.connectionStrings),
  ...clock(parts.hub, () => parts.settle()),
  ...snapshots(parts.snapshots, parts.progress),
  ...faults(parts.hub),
  ...usage(parts.hub),
  ...history(parts.hub),
  ...connections(parts.hub),
  ...messages(parts.hub),
  ...simulated(parts.hub),
  ...monitor(parts.hub),
  ...seeds(parts.hub, parts.snapshots),
  ...fleet(parts.hub),
  ...files(parts.hub),
  ...drift(parts.hub),
  ...dryRun(parts.hub),
  ...compare(parts),
  ...queries(parts.hub),
  ...liveQuery(parts.hub),
  ...metrics(parts.hub),
  ...lessons(parts.progress, parts.lessons),
  ...events(parts.journal, parts.traffic),
  ...traffic(parts.traffic),
];
