import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The program that listens on a port, such as `nginx (pid 812)`; undefined if the system does not tell. */
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

const TIMEOUT_MS = 3_000;
const LISTEN = '0A';

/** https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt */
const fromProc = (port: number): string | undefined => {
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((file) => quietly(() => readFileSync(file, 'utf8').split('\n').slice(1)) ?? [])
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === LISTEN && Number.parseInt(local.split(':')[1] ?? '', 16) === port)
    .map((fields) => `socket:[${fields[9]}]`);
  const pid = sockets.length === 0 ? undefined : processWith(new Set(sockets));
  if (pid === undefined) return undefined;
  return `${quietly(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) ?? '?'} (pid ${pid})`;
};

/** Only root can list the files of processes of other users. */
const processWith = (sockets: ReadonlySet<string>): string | undefined =>
  quietly(() => readdirSync('/proc'))
    ?.filter((name) => /^\d+$/.test(name))
    .find((pid) =>
      quietly(() => readdirSync(`/proc/${pid}/fd`))?.some((fd) =>
        sockets.has(quietly(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? ''),
      ),
    );

/** `-F` prints one field a line: p and the pid, c and the command. */
const fromLsof = (port: number): Promise<string | undefined> =>
  new Promise((done) => {
    execFile('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: TIMEOUT_MS }, (_error, out) => {
      const pid = /^p(\d+)$/m.exec(out)?.[1];
      done(pid === undefined ? undefined : `${/^c(.+)$/m.exec(out)?.[1] ?? '?'} (pid ${pid})`);
    });
  });

/** Undefined for files that do not exist or may not be read. */
const quietly = <T>(look: () => T): T | undefined => {
  try {
    return look();
  } catch {
    return undefined;
  }
};
