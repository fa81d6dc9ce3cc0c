import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { clock } from './clock.ts';
import { connectionString } from './connection-string.ts';
import { connections } from './connections.ts';
import { device } from './device.ts';
import { doctor } from './doctor.ts';
import { env } from './env.ts';
import { events } from './events.ts';
import { exec } from './exec.ts';
import { faults } from './faults.ts';
import { queries } from './queries.ts';
import { seed } from './seed.ts';
import { start } from './start.ts';
import { states } from './states.ts';
import { status } from './status.ts';
import { trust } from './trust.ts';

/** Adds a command to the program; `leave` sets the exit code of a command that does not fail. */
export type AddCommand = (program: Command, context: Context, leave: (exitCode: number) => void) => void;

/** In the order of the help. */
export const commands: readonly AddCommand[] = [
  start,
  exec,
  status,
  device,
  connectionString,
  env,
  doctor,
  trust,
  seed,
  states,
  clock,
  faults,
  connections,
  events,
  queries,
];
