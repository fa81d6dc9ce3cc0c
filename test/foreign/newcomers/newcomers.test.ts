import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshFolder, sharedCa } from '../../support/command.ts';
import { printed } from '../support/printed.ts';

const CHECKOUT = fileURLToPath(new URL('../../../emulator/cli/checkout.mjs', import.meta.url));

/** What `npm install --global` would have made: `npx` finds the command there. */
const installed = freshFolder('iothub-newcomer-prefix-');

/** What a newcomer has: a shell, the language's tools with their caches, and the command; nothing of this test's own. */
const environment: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(IOTHUB_|NODE_OPTIONS$|npm_|INIT_CWD|VITEST)/.test(name)),
  ),
  PATH: [
    join(installed, 'bin'),
    ...(process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules')),
  ].join(delimiter),
  npm_config_prefix: installed,
  npm_config_prefer_offline: 'true',
  IOTHUB_EMULATOR_CA_DIR: sharedCa,
};

interface Shell {
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  says(wanted: string): Promise<void>;
  interrupt(signal?: NodeJS.Signals): void;
}

/** The first is that of the hub. */
const shells: Shell[] = [];
beforeAll(async () => {
  mkdirSync(join(installed, 'bin'));
  mkdirSync(join(installed, 'lib'));
  const command = join(installed, 'bin', 'iothub-emulator');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${CHECKOUT}' "$@"\n`);
  chmodSync(command, 0o755);
  await type(printed('').script).says('Service ');
}, 60_000);
afterAll(async () => {
  const [hub, ...programs] = shells;
  for (const program of programs) program.interrupt('SIGKILL'); // one that hangs
  hub?.interrupt();
  await hub?.ended;
});

test.each(['Node and TypeScript', 'Python', 'Java'])('a newcomer does what is printed for %s', async (section) => {
  const { script, output } = printed(section);
  const { code, stdout, stderr } = await type(script).ended;
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  expect(output).toMatch(/^Hello from \w+, at rate 5\n$/);
  expect(stdout.endsWith(output), stdout).toBe(true);
  const [greeting] = output.split(',');
  expect(await exported()).toMatchObject({ devices: [{ properties: { reported: { greeting, rate: 5 } } }] });
});

/** The hub as the emulator itself tells it. */
const exported = async (): Promise<unknown> => (await fetch('http://127.0.0.1:8088/export')).json();

/** Has a shell in an empty folder do what is typed, until the first thing that fails. */
const type = (script: string): Shell => {
  const child = spawn('bash', ['-e', '-c', script], {
    cwd: freshFolder('iothub-newcomer-'),
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let [stdout, stderr] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((done) =>
    child.once('close', (code) => done({ code, stdout, stderr })),
  );
  const says = (wanted: string): Promise<void> =>
    new Promise((done, failed) => {
      child.stdout.on('data', () => stdout.includes(wanted) && done());
      ended.then(() => failed(new Error(`ended without saying ${wanted}: ${stdout}${stderr}`)));
    });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  /** As Ctrl-C does: the shell and all that it has started. */
  const interrupt = (signal: NodeJS.Signals = 'SIGINT'): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal);
  };
  const shell = { ended, says, interrupt };
  shells.push(shell);
  return shell;
};
