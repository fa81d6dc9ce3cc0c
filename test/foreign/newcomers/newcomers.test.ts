import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installedAsPrinted, newcomerEnvironment, SECTIONS } from '../../support/packages/newcomer.ts';
import { printed } from '../../support/packages/printed.ts';
import { freshFolder, sharedCa } from '../../support/programs/command.ts';

const CHECKOUT = fileURLToPath(new URL('../../../emulator/cli/checkout.mjs', import.meta.url));

/** What `npm install --global` makes: `npx` finds the command there. */
const prefix = freshFolder('iothub-newcomer-prefix-');

const environment: NodeJS.ProcessEnv = {
  ...newcomerEnvironment(),
  PATH: [join(prefix, 'bin'), newcomerEnvironment().PATH].join(delimiter),
  npm_config_prefix: prefix,
  npm_config_offline: 'true',
  IOTHUB_EMULATOR_CA_DIR: sharedCa,
};

interface Shell {
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  says(wanted: string): Promise<void>;
  interrupt(signal?: NodeJS.Signals): void;
}

/** The first one runs the hub. */
const shells: Shell[] = [];
beforeAll(async () => {
  mkdirSync(join(prefix, 'bin'));
  mkdirSync(join(prefix, 'lib'));
  const command = join(prefix, 'bin', 'iothub-emulator');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${CHECKOUT}' "$@"\n`);
  chmodSync(command, 0o755);
  await type(printed('').first).says('Service ');
}, 60_000);
afterAll(async () => {
  const [hub, ...programs] = shells;
  for (const program of programs) program.interrupt('SIGKILL'); // one that hangs
  hub?.interrupt();
  await hub?.ended;
});

// `npm run foreign:prepare` has run the commands that install packages, as printed
test.each(SECTIONS)('the first program for %s runs as printed', async (section) => {
  const { rest, output } = printed(section);
  const folder = freshFolder('iothub-newcomer-');
  cpSync(installedAsPrinted(section), folder, { recursive: true, verbatimSymlinks: true });
  const { code, stdout, stderr } = await type(rest, folder).ended;
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  expect(output).toMatch(/^Hello from \w+, at rate 5\n$/);
  expect(stdout.endsWith(output), stdout).toBe(true);
  const [greeting] = output.split(',');
  expect(await exported()).toMatchObject({ devices: [{ properties: { reported: { greeting, rate: 5 } } }] });
});

/** The seed of the hub, as the admin API exports it. */
const exported = async (): Promise<unknown> => (await fetch('http://127.0.0.1:8088/export')).json();

/** Runs a script in a shell, up to the first command that fails. */
const type = (script: string, cwd = freshFolder('iothub-newcomer-')): Shell => {
  const child = spawn('bash', ['-e', '-c', script], {
    cwd,
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
  /** Signals the shell and all programs that it has started, as Ctrl-C does. */
  const interrupt = (signal: NodeJS.Signals = 'SIGINT'): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal);
  };
  const shell = { ended, says, interrupt };
  shells.push(shell);
  return shell;
};
