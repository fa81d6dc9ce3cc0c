import { execFile } from 'node:child_process';
import { promises } from 'node:fs';
import { promisify } from 'node:util';

interface Process {
  readonly parent: number;
  readonly name: string;
}

const CHECK_MS = 500;
const SHELL = /^(?:.*\/)?(?:sh|ash|dash|bash|zsh|ksh|busybox)$/;

/**
 * Calls back once npm, which has started this process, is gone: a signal to `npx` reaches neither the shell that npm starts
 * nor this process. Returns the way to stop; does nothing without npm, and on Windows.
 */
export const whenNpmEnds = (
  environment: Readonly<Record<string, string | undefined>>,
  ended: () => void,
): (() => void) => {
  if (environment.npm_lifecycle_event === undefined || process.platform === 'win32') return () => {};
  const first = process.ppid;
  let second: number | undefined;
  void describe(first).then((parent) => {
    if (parent !== undefined && SHELL.test(parent.name)) second = parent.parent;
  });
  const look = async (): Promise<void> => {
    const isOrphan = process.ppid !== first || (second !== undefined && (await describe(first))?.parent !== second);
    if (!isOrphan) return;
    clearInterval(timer);
    ended();
  };
  const timer = setInterval(() => void look(), CHECK_MS).unref();
  return () => clearInterval(timer);
};

const describe = async (pid: number): Promise<Process | undefined> => {
  try {
    return process.platform === 'linux'
      ? fromProc(await promises.readFile(`/proc/${pid}/stat`, 'utf8'))
      : await fromPs(pid);
  } catch {
    return undefined; // it has ended
  }
};

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the name may contain spaces and brackets. */
const fromProc = (stat: string): Process => ({
  name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
  parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]),
});

const fromPs = async (pid: number): Promise<Process> => {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=,comm=', '-p', String(pid)]);
  const [parent = '', ...name] = stdout.trim().split(/\s+/);
  return { parent: Number(parent), name: name.join(' ') };
};
