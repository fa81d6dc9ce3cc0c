import { execFile } from 'node:child_process';
import type { Surroundings } from './context.ts';

/** How a program ended and what it said. */
export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Long enough for a JVM on a busy machine; a doctor does not wait for ever. */
const PATIENCE = 15_000;

/** Runs a program where and as the user would; says why if there is no answer. */
export const ask = (
  file: string,
  args: readonly string[],
  { folder, environment, patience = PATIENCE }: Surroundings & { readonly patience?: number },
): Promise<Answer | 'absent' | 'silent'> =>
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
      // what it started may live on, and hold these open
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
      child.unref();
      done('silent');
    }, patience);
    child.stdin?.on('error', () => {}).end();
  });
