import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Who listens on a port, such as `nginx (pid 812)`; undefined if the system does not say. */
export const ownerOf = async (port: number): Promise<string | undefined> => {
  switch (process.platform) {
    case 'linux':
      return fromProc(port);
    case 'win32':
      return undefined;
    default:
      return fromLsof(port);
  }
};

const PATIENCE = 3_000;
const LISTEN = '0A';

/** https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt */
const fromProc = (port: number): string | undefined => {
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((file) => quietly(() => readFileSync(file, 'utf8').split('\n').slice(1)) ?? [])
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === LISTEN && Number.parseInt(local.split(':')[1] ?? '', 16) === port)
    .map((fields) => `socket:[${fields[9]}]`);
  const pid = sockets.length === 0 ? undefined : holderOf(new Set(sockets));
  if (pid === undefined) return undefined;
  return `${quietly(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) ?? '?'} (pid ${pid})`;
};

/** Of other users' processes only root sees the files. */
const holderOf = (sockets: ReadonlySet<string>): string | undefined =>
  quietly(() => readdirSync('/proc'))
    ?.filter((name) => /^\d+$/.test(name))
    .find((pid) =>
      quietly(() => readdirSync(`/proc/${pid}/fd`))?.some((fd) =>
        sockets.has(quietly(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? ''),
      ),
    );

/** `-F` prints a field a line: p and the pid, c and the command. */
const fromLsof = (port: number): Promise<string | undefined> =>
  new Promise((done) => {
    execFile('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: PATIENCE }, (_error, out) => {
      const pid = /^p(\d+)$/m.exec(out)?.[1];
      done(pid === undefined ? undefined : `${/^c(.+)$/m.exec(out)?.[1] ?? '?'} (pid ${pid})`);
    });
  });

/** What is not there, or not for us, is no answer. */
const quietly = <T>(look: () => T): T | undefined => {
  try {
    return look();
  } catch {
    return undefined;
  }
};
