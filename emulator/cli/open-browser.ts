import { spawn } from 'node:child_process';
import type { Context } from './context.ts';

/** The command of each system that opens an address in the user's browser. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [file: string, ...args: string[]]>>> = {
  darwin: ['open'],
  // "start" is a command of the shell; its first quoted argument is a title
  win32: ['cmd', '/c', 'start', '""'],
};

/** Opens `url` in the browser. If that is not possible, it says so and returns. */
export const openBrowser = (url: string, { environment, err }: Context): void => {
  const [file, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const failed = (why: string): void => err(`No browser was opened (${why}): open ${url} yourself\n`);
  const child = spawn(file, [...args, url], { env: environment, stdio: 'ignore', detached: true });
  child.once('error', ({ message }) => failed(message));
  child.once('exit', (code) => {
    if (code !== 0 && code !== null) failed(`${file} ended with ${code}`);
  });
  child.unref();
};
