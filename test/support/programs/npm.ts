import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Runs npm for this checkout, called in `folder`. */
export const runNpm = (
  args: readonly string[],
  folder: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  new Promise((done, failed) => {
    const child = spawn('npm', ['--prefix', ROOT, ...args], { cwd: folder });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', failed);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
