import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';

const CLI = join(import.meta.dirname, '..', '..', 'emulator', 'cli', 'checkout.mjs');

/** How a program under `exec` ended, and what it printed. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with an emulator of its own that has one device, on the default ports of the SDKs. */
export const exec = (deviceId: string, command: readonly string[], options: readonly string[] = []): Promise<Outcome> =>
  new Promise((done, failed) => {
    const flags = ['exec', '--ports', 'default', '--device', deviceId, ...options, '--'];
    const child = spawn(process.execPath, [CLI, ...flags, ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        printed[name] += text;
      });
    child.once('error', failed);
    child.once('close', (code) => done({ code, ...printed }));
  });

/** The last line that a program printed, as JSON. Fails if the program failed. */
export const report = ({ code, stdout, stderr }: Outcome): unknown => {
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
};
