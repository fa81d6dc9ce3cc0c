import { type ChildProcess, spawn } from 'node:child_process';
import type { Ended } from './engine.ts';

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

type Environment = Readonly<Record<string, string>>;

/** Starts a program, whose output is kept. */
export const begin = ([file = '', ...args]: readonly string[], env: Environment = {}): Started => {
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const ended = new Promise<Ended>((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => done({ code, output }));
  });
  return { child, ended };
};

export const runToEnd = (command: readonly string[], env: Environment = {}): Promise<Ended> =>
  begin(command, env).ended;

/** Runs a program that must succeed; gives what it printed. */
export const outputOf = async (command: readonly string[], env: Environment = {}): Promise<string> => {
  const { code, output } = await runToEnd(command, env);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}\n${output}`);
  return output.trim();
};
