import type { Hub } from '../../../hub/hub.ts';
import type { Journal } from '../../../hub/journal.ts';
import type { States } from '../../../hub/states.ts';
import type { AdminRoute } from '../route.ts';
import { clock } from './clock.ts';
import { connections } from './connections.ts';
import { events } from './events.ts';
import { faults } from './faults.ts';
import { fleet } from './fleet.ts';
import { metrics } from './metrics.ts';
import { queries } from './queries.ts';
import { seeds } from './seeds.ts';
import { states } from './states.ts';
import { type Strings, strings } from './strings.ts';

export interface AdminParts {
  readonly hub: Hub;
  readonly states: States;
  readonly journal: Journal;
  readonly strings: Strings;
  /** Resolves when nothing is due, queued or on its way out. */
  settle(): Promise<void>;
}

/** Every operation on a hub that is no part of Azure's API. */
export const adminRoutes = ({
  hub,
  states: kept,
  journal,
  strings: named,
  settle,
}: AdminParts): readonly AdminRoute[] => [
  ...clock(hub, settle),
  ...states(kept),
  ...faults(hub),
  ...connections(hub),
  ...events(journal),
  ...seeds(hub, kept),
  ...fleet(hub),
  ...strings(named),
  ...queries(hub),
  ...metrics(hub),
];
