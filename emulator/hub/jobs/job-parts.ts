import type { Limits } from '../../../protocol/limits.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import type { FleetView } from '../fleet/fleet.ts';
import type { Actors } from '../history/actors.ts';
import type { Methods } from '../messaging/methods.ts';
import type { Twins } from '../twins/twins.ts';

/** What jobs work with. */
export interface JobParts {
  readonly fleet: FleetView;
  readonly twins: Twins;
  readonly methods: Methods;
  readonly actors: Actors;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly limits: Limits;
}
