import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

/** A server on this machine, and what each request to it has. */
export interface Target {
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** Requests that are on their way at the same time. */
const AT_ONCE = 8;

/** Sends one request for each number below `count`. Throws if one is refused. */
export const askAll = async (target: Target, count: number, of: (i: number) => Asked): Promise<void> => {
  let next = 0;
  await withClients(target, async (ask) => {
    while (next < count) await ask(of(next++));
  });
};

export interface Loaded {
  /** Answers per second. */
  readonly rate: number;
  /** Processor time of the server for one of them, µs. */
  readonly cpu: number;
}

/** Sends requests of the numbers below `count` in turns for so long. `pid`: of the server. Throws if one is refused. */
export const load = async (
  target: Target & { readonly pid: number },
  count: number,
  { of, ms }: { readonly of: (i: number) => Asked; readonly ms: number },
): Promise<Loaded> => {
  const [began, spent] = [performance.now(), cpuOf(target.pid)];
  let sent = 0;
  await withClients(target, async (ask) => {
    while (performance.now() - began < ms) await ask(of(sent++ % count));
  });
  return { rate: (sent / (performance.now() - began)) * 1000, cpu: (cpuOf(target.pid) - spent) / sent };
};

/** µs. Linux counts in hundredths of a second, by default. */
const cpuOf = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
  return ((user ?? 0) + (system ?? 0)) * 10_000;
};

const withClients = async (target: Target, run: (ask: (asked: Asked) => Promise<void>) => Promise<void>) => {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const ask = (asked: Asked) => answered(target, asked, agent);
  await Promise.all(Array.from({ length: AT_ONCE }, () => run(ask)));
  agent.destroy();
};

const answered = ({ port, headers }: Target, { method, path, body }: Asked, agent: Agent): Promise<void> =>
  new Promise((done, failed) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const all = { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const sending = request({ port, host: '127.0.0.1', method, path, headers: all, agent }, (answer) => {
      answer.resume();
      answer.once('error', failed);
      answer.once('end', () => {
        if (answer.statusCode === 200) done();
        else failed(new Error(`${method} ${path}: ${answer.statusCode}`));
      });
    });
    sending.once('error', failed);
    sending.end(text);
  });
