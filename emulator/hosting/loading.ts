import { createServer } from 'node:http';
import type { Options } from '../options.ts';
import { listen } from '../servers/listener/tcp.ts';
import type { Progress } from '../store/restore.ts';

/** Tells how far the loading of a hub is. */
export interface Loading {
  progress(progress: Progress): void;
  close(): Promise<void>;
}

/**
 * Answers at the address of the admin API while a hub is read from disk: `/ready` says how far it is, everything is 503. Throws
 * PortError.
 */
export const tellLoading = async (
  { data, adminHost, adminPort }: Options,
  told: (progress: Progress) => void = () => {},
): Promise<Loading> => {
  let latest: Progress = { loaded: 0, total: 0 };
  const progress = (now: Progress): void => {
    latest = now;
    told(now);
  };
  // a free port is not known to anyone yet
  if (data === undefined || adminPort === 0) return { progress, close: async () => {} };
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(503, { 'content-type': 'application/json; charset=utf-8', connection: 'close' });
    response.end(JSON.stringify({ status: 'loading', ...latest }));
  });
  await listen(server, { host: adminHost, port: adminPort });
  return {
    progress,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
};
