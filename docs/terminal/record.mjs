// npm run picture: types the commands below into a shell, and draws what they print as docs/pictures/terminal.svg.
// Needs the ports 443, 8883 and 8088.

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { draw } from './draw.mjs';

const COMMANDS = ['cat oven.mjs', 'npx iothub-emulator exec --device oven -- node oven.mjs'];
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A folder as a user has it, with Microsoft's packages and this checkout's command. */
const folder = mkdtempSync(join(tmpdir(), 'iothub-emulator-terminal-'));
const programs = join(folder, 'programs');
mkdirSync(programs);
for (const [name, script] of Object.entries({
  npx: 'shift\nexec iothub-emulator "$@"',
  'iothub-emulator': `exec '${process.execPath}' '${join(ROOT, 'emulator/cli/checkout.mjs')}' "$@"`,
})) {
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
}
copyFileSync(join(ROOT, 'docs/terminal/oven.mjs'), join(folder, 'oven.mjs'));
symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));

/** What a command prints, on standard output and standard error. */
const outputOf = (command) => {
  const env = {
    ...process.env,
    HOME: folder,
    PATH: [programs, process.env.PATH].join(delimiter),
    FORCE_COLOR: '1',
    npm_lifecycle_event: 'npx',
    npm_package_name: '',
  };
  const { status, stdout } = spawnSync('sh', ['-c', `${command} 2>&1`], { cwd: folder, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${status}\n${stdout}`);
  return stdout.replaceAll(folder, '~');
};

const session = COMMANDS.map((command) => ({ command, output: outputOf(command) }));
writeFileSync(join(ROOT, 'docs/pictures/terminal.svg'), draw(session));
rmSync(folder, { recursive: true });
