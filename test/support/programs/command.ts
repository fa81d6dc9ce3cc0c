import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CHECKOUT = fileURLToPath(new URL('../../../emulator/cli/checkout.mjs', import.meta.url));

/** How a program ended and what it printed. */
export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  /** Resolves with the first line on standard output that contains `text`; rejects if the program ends before. */
  line(text: string): Promise<string>;
}

/** A new temporary folder. */
export const freshFolder = (name = 'iothub-test-'): string => mkdtempSync(join(tmpdir(), name));

/** One CA for all tests that do not care about it: minting takes a while. */
export const sharedCa = join(tmpdir(), `iothub-emulator-test-ca-${process.getuid?.() ?? 'user'}`);

/** Where emulators register: commands of this process find no others. */
const alone = freshFolder();

export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Starts the command line of this checkout, without the environment variables of the test runner. */
export const begin = (args: readonly string[], { cwd, env = {} }: Surroundings = {}): Running => {
  const child = spawn(process.execPath, [CHECKOUT, ...args], {
    cwd: cwd ?? process.cwd(),
    env: { ...withoutOurs(process.env), IOTHUB_EMULATOR_CA_DIR: sharedCa, TMPDIR: alone, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Outcome>((done) =>
    child.once('close', (code, signal) => done({ code, signal, stdout, stderr })),
  );
  const line = (text: string): Promise<string> =>
    new Promise((done, failed) => {
      const look = (): void => {
        const found = stdout
          .split('\n')
          .slice(0, -1)
          .find((candidate) => candidate.includes(text));
        if (found === undefined) return;
        listeners.delete(look);
        done(found);
      };
      listeners.add(look);
      ended.then(() => failed(new Error(`ended without printing ${text}: ${stdout}${stderr}`)));
      look();
    });
  return { child, ended, line };
};

/** Runs the command line of this checkout to its end. */
export const run = (args: readonly string[], surroundings?: Surroundings): Promise<Outcome> =>
  begin(args, surroundings).ended;

/** An environment without the variables that a test run or an emulator has set. */
export const withoutOurs = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name]) =>
        !/^(IOTHUB_|NODE_OPTIONS$|NODE_EXTRA|SSL_CERT|REQUESTS_CA|CURL_CA|JAVA_TOOL|JDK_JAVA|npm_|INIT_CWD|VITEST)/.test(
          name,
        ),
    ),
  );
