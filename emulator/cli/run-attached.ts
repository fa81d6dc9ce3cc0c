import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { type Context, Failure } from './context.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** The exit codes of shells for a program that does not exist, or that may not be run. */
const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

/** Runs a program with the streams of this process. Returns its exit code, or 128 + the number of the signal that ended it. */
export const runAttached = (
  [file = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  { folder }: Context,
): Promise<number> =>
  new Promise((done, failed) => {
    const child = spawn(file, args, {
      cwd: folder,
      env: environment,
      stdio: 'inherit',
      shell: process.platform === 'win32', // npm and others are .cmd files there, which only a shell runs
    });
    const pass = (signal: NodeJS.Signals): void => {
      // a terminal sends Ctrl-C to the program too
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const settle = (settled: () => void): void => {
      for (const signal of SIGNALS) process.off(signal, pass);
      settled();
    };
    for (const signal of SIGNALS) process.on(signal, pass);
    child.once('error', (error: NodeJS.ErrnoException) =>
      settle(() =>
        failed(new Failure(error.code === 'ENOENT' ? NOT_FOUND : NOT_RUNNABLE, `${file}: ${error.message}`)),
      ),
    );
    child.once('exit', (code, signal) =>
      settle(() => done(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))),
    );
  });
