import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { recordFile, recordOf } from '../endpoints/emulator-records.ts';
import { type Context, EXIT, Failure } from './context.ts';

const POLL_MS = 50;
const READY_MS = 30_000;

/** Starts this program again with `args`, and returns when that hub is ready. Throws a Failure with what it printed. */
export const startInBackground = async (args: readonly string[], context: Context): Promise<void> => {
  const logFile = recordFile(`background-${process.pid}.log`);
  const log = openSync(logFile, 'a', 0o600);
  const [, program = ''] = process.argv;
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
    cwd: context.folder,
    env: withoutNpm(context.environment),
    stdio: ['ignore', log, log],
    detached: true,
  });
  const failed = once(child, 'exit').then(() => false);
  const isReady = await Promise.race([failed, ready(child.pid ?? 0)]);
  const printed = readFileSync(logFile, 'utf8');
  if (!isReady) throw new Failure(EXIT.failed, printed.trimEnd() || 'The hub did not start in time');
  child.unref();
  context.out(printed);
  context.err(
    `It runs in the background, pid ${child.pid}, and writes to ${logFile}\nTo end it: iothub-emulator stop\n`,
  );
};

const ready = async (pid: number): Promise<boolean> => {
  for (let waited = 0; waited < READY_MS; waited += POLL_MS) {
    if (recordOf(pid) !== undefined) return true;
    await delay(POLL_MS);
  }
  return false;
};

/** The hub outlives the npm that has started this program. */
const withoutNpm = (environment: Context['environment']): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => name !== 'npm_lifecycle_event'));
