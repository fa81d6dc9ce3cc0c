import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshFolder, withoutOurs } from './command.ts';

const CHECKOUT = fileURLToPath(new URL('../../../emulator/cli/checkout.mjs', import.meta.url));

/** The shell of a new user: an empty home folder, and `iothub-emulator` on the PATH. */
export interface Desk {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a line; resolves also if it fails. */
  type(line: string): Promise<{ code: number; stdout: string; stderr: string }>;
}

export const desk = (more: Readonly<Record<string, string>> = {}): Desk => {
  const home = freshFolder();
  const bin = join(home, 'bin');
  const program = join(bin, 'iothub-emulator');
  mkdirSync(bin);
  chmodSync(home, 0o755); // for commands that run as an unprivileged user
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${CHECKOUT}' "$@"\n`);
  chmodSync(program, 0o755);
  const env = { HOME: home, TMPDIR: home, PATH: `${bin}:${process.env.PATH}`, ...more };
  return {
    home,
    env,
    type: (line) =>
      new Promise((done) => {
        execFile(
          'sh',
          ['-c', line],
          { cwd: home, env: { ...withoutOurs(process.env), ...env } },
          (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
        );
      }),
  };
};

/** Prefix for a command that is to run without root's rights. */
export const asNobody = process.getuid?.() === 0 ? 'setpriv --reuid=65534 --regid=65534 --clear-groups' : '';
