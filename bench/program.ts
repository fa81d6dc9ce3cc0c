import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';

/** A program that the bench has started. */
export interface Program {
  readonly pid: number;
  /** Calls a server of `bench/servers` and returns its answer. */
  ask(question: string, argument?: unknown): Promise<unknown>;
  /** The next line of its output, parsed as JSON. */
  line(): Promise<Readonly<Record<string, number>>>;
  /** Writes a line to its input. */
  say(text: string): void;
  /** Closes its input. */
  finish(): void;
  stop(): Promise<void>;
}

const children = new Set<ChildProcess>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts one of `bench/servers` and waits until it is ready. BENCH_PROFILE names a folder for its CPU profile. */
export const startServer = async (file: string, settings: object): Promise<Program> => {
  const profile = process.env.BENCH_PROFILE;
  const flags =
    profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${nameOf(file)}`];
  const child = spawn(process.execPath, ['--expose-gc', ...flags, file, JSON.stringify(settings)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${code}`);
  });
  ended.catch(() => {});
  await Promise.race([once(child, 'message'), ended]);
  return {
    ...control(child),
    async ask(question, argument) {
      child.send({ ask: question, argument });
      const [{ answer }] = await Promise.race([once(child, 'message'), ended]);
      return answer;
    },
    // servers end when the bench disconnects, and write their profile then
    async stop() {
      child.disconnect();
      await ended.catch(() => {});
    },
  };
};

const nameOf = (file: string): string => `${basename(file, '.mjs')}-${Date.now()}.cpuprofile`;

/** Starts any other program; `line` gets its output. */
export const startProgram = (file: string, args: readonly (string | number)[]): Program => {
  const child = spawn(file, args.map(String), { stdio: ['pipe', 'pipe', 'inherit'] });
  return control(child);
};

/** Runs a program to its end and returns its last line, parsed as JSON. Throws if it fails. */
export const run = async (
  file: string,
  args: readonly (string | number)[],
): Promise<Readonly<Record<string, number>>> => {
  const child = spawn(file, args.map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
};

/** Runs a program. Throws with its output if it fails. */
export const call = async (file: string, args: readonly string[]): Promise<void> => {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
    });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}\n${said}`);
};

let next = 20_000 + (process.pid % 5_000);

/** A free port below those that the system gives to clients, thousands of which are about to connect. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    next += 1;
    const server = createServer();
    const free = await new Promise<boolean>((done) => {
      server.once('error', () => done(false));
      server.listen(next, '127.0.0.1', () => done(true));
    });
    if (!free) continue;
    await new Promise((done) => server.close(done));
    return next;
  }
};

const control = (child: ChildProcess): Program => {
  const { pid, stdin, stdout } = child;
  if (pid === undefined) throw new Error(`${child.spawnfile} cannot be started`);
  children.add(child);
  const exited = once(child, 'exit').finally(() => children.delete(child));
  const lines = stdout === null ? undefined : createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    pid,
    ask: () => Promise.reject(new Error('not a server of the bench')),
    async line() {
      const next = await lines?.next();
      if (next === undefined || next.done) throw new Error(`${child.spawnfile} has ended its output`);
      return JSON.parse(next.value);
    },
    say: (text) => void stdin?.write(`${text}\n`),
    finish: () => void stdin?.end(),
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
};
