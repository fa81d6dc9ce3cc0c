import type { Limits } from '../../protocol/limits.ts';
import { collectionsOf } from './collections.ts';
import type { FleetView } from './fleet/fleet.ts';
import type { IndexLag } from './index-lag/index-lag.ts';
import type { Jobs } from './jobs/jobs.ts';
import { Executor } from './query/executor.ts';
import { Queries } from './query/queries.ts';
import type { Relations } from './query/relations.ts';

/** The queries of a hub. */
export const queriesOver = (parts: {
  fleet: FleetView;
  jobs: Jobs;
  indexLag: IndexLag;
  relations: Relations;
  limits: Limits;
}): Queries => {
  const { fleet, jobs, indexLag, relations, limits } = parts;
  const seen = { devices: indexLag.over(fleet.devices), modules: indexLag.over(fleet.modules) };
  const collections = collectionsOf(seen, indexLag.over(jobs.rows));
  return new Queries(
    [
      new Executor(collections.devices, relations, limits),
      new Executor(collections.modules, relations, limits),
      new Executor(collections.jobs, relations, limits),
    ],
    limits,
  );
};
