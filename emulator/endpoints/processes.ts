import { readFileSync } from 'node:fs';

/** True while a process of that number exists that this user may end. */
export const isOurs = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/**
 * When a process started, in ticks since the machine did: with its number this tells it from a later one. Undefined where
 * the machine does not say, which only Linux does: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const afterName = stat.slice(stat.lastIndexOf(')') + 2); // the name can have spaces; the third field follows
    return afterName.split(' ')[START_FIELD - 3];
  } catch {
    return undefined;
  }
};

const START_FIELD = 22;
