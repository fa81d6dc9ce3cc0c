import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { type Context, Failure } from './context.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** What shells say of a program that they do not find, or may not run. */
const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

/** Runs a program with this process's streams; gives its exit code, or 128 and the number of the signal that ended it. */
export const runProgram = (
  [file = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  { folder }: Context,
): Promise<number> =>
  new Promise((done, failed) => {
    const child = spawn(file, args, {
      cwd: folder,
      env: environment,
      stdio: 'inherit',
      // npm and its like are .cmd files there, which only a shell runs
      shell: process.platform === 'win32',
    });
    const pass = (signal: NodeJS.Signals): void => {
      // a terminal sends Ctrl-C to the program as well
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
