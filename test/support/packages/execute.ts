import { spawn } from 'node:child_process';

/** A download that takes longer than this is stopped, ms. */
const LIMIT = 600_000;

/** How many lines of output an error has. */
const LINES = 12;

interface Where {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a package manager. Rejects with the last lines that it printed, if it fails or takes too long. */
export const execute = (file: string, args: readonly string[], where: Where = {}): Promise<void> =>
  new Promise((done, failed) => {
    const shell = process.platform === 'win32'; // npm is a script there
    const child = spawn(file, args, { ...where, shell, timeout: LIMIT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.once('error', failed);
    child.once('close', (code, signal) => {
      if (code === 0) return done();
      const end = output.trim().split('\n').slice(-LINES).join('\n');
      failed(new Error(`${file} ended with ${code ?? signal}\n${end}`));
    });
  });
