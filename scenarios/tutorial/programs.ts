import { spawn } from 'node:child_process';

/** A running program; its output is printed, indented. */
export interface Program {
  /** Resolves when the program has printed `text`. Rejects if it ends first. */
  says(text: string): Promise<void>;
  interrupt(): void;
  /** Resolves with everything it has printed. Rejects if the program fails. */
  readonly ended: Promise<string>;
}

/** Starts a program: its file and arguments. */
export const start = ([file = '', ...rest]: readonly string[], environment: NodeJS.ProcessEnv): Program => {
  const child = spawn(file, rest, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    process.stdout.write(text.replace(/^(?=.)/gm, '   '));
    for (const listener of listeners) listener();
  });
  const ended = new Promise<string>((done, failed) => {
    child.once('error', failed);
    child.once('close', (code, signal) =>
      code === 0 ? done(printed) : failed(new Error(`${[file, ...rest].join(' ')} ended with ${signal ?? code}`)),
    );
  });
  ended.catch(() => {}); // callers that await it get the error
  return {
    ended,
    interrupt: () => void child.kill('SIGINT'),
    says: async (text) => {
      const said = new Promise<void>((done) => {
        const look = () => printed.includes(text) && done();
        listeners.add(look);
        look();
      });
      const early = ended.then(() => {
        throw new Error(`${[file, ...rest].join(' ')} ended without "${text}"`);
      });
      await Promise.race([said, early]);
    },
  };
};
