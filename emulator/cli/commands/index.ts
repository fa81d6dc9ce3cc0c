import { classCommand } from './class.ts';
import { clock } from './clock.ts';
import type { AddCommand } from './command.ts';
import { compare } from './compare.ts';
import { completion } from './completion.ts';
import { connectionString } from './connection-string.ts';
import { connections } from './connections.ts';
import { device } from './device.ts';
import { doctor } from './doctor.ts';
import { drift } from './drift.ts';
import { dryRun } from './dry-run.ts';
import { env } from './env.ts';
import { events } from './events.ts';
import { exec } from './exec.ts';
import { faults } from './faults.ts';
import { health } from './health.ts';
import { history } from './history.ts';
import { hubs } from './hubs.ts';
import { liveQuery } from './live-query.ts';
import { message } from './message.ts';
import { method } from './method.ts';
import { monitor } from './monitor.ts';
import { ps } from './ps.ts';
import { queries } from './queries.ts';
import { query } from './query.ts';
import { repair } from './repair.ts';
import { replay } from './replay.ts';
import { routes } from './routes.ts';
import { seed } from './seed.ts';
import { snapshots } from './snapshots.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { templates } from './templates.ts';
import { trace } from './trace.ts';
import { traffic } from './traffic.ts';
import { trust } from './trust.ts';
import { twin } from './twin.ts';
import { usage } from './usage.ts';

/** In the order of the help. */
export const commands: readonly AddCommand[] = [
  start,
  stop,
  ps,
  exec,
  classCommand,
  status,
  health,
  device,
  templates,
  twin,
  query,
  liveQuery,
  drift,
  dryRun,
  method,
  connectionString,
  env,
  doctor,
  trust,
  seed,
  snapshots,
  compare,
  hubs,
  history,
  trace,
  replay,
  repair,
  clock,
  faults,
  usage,
  connections,
  message,
  events,
  traffic,
  queries,
  routes,
  monitor,
  completion,
];
