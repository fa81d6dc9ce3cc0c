import { execFile } from 'node:child_process';
import type { ProcessContext } from './context.ts';

/** How a program ended, and what it printed. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Long enough for a JVM on a busy machine. */
const TIMEOUT_MS = 15_000;

/** Runs a program as the user would. `absent`: it is not installed; `silent`: it was ended without an exit code, or too slow. */
export const runProgram = (
  file: string,
  args: readonly string[],
  { folder, environment, timeoutMs = TIMEOUT_MS }: ProcessContext & { readonly timeoutMs?: number },
): Promise<Outcome | 'absent' | 'silent'> =>
  new Promise((done) => {
    const options = { cwd: folder, env: environment, windowsHide: true } as const;
    const child = execFile(file, [...args], options, (error, out, err) => {
      clearTimeout(timer);
      if (error === null) done({ code: 0, out, err });
      else if (error.code === 'ENOENT' || error.code === 'EACCES') done('absent');
      else done(typeof error.code === 'number' ? { code: error.code, out, err } : 'silent');
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      // processes that it started may live on, and keep these streams open
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
      child.unref();
      done('silent');
    }, timeoutMs);
    child.stdin?.on('error', () => {}).end();
  });
