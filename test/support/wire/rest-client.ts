import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer as createDoor, type Server } from 'node:net';
import { alasqlRelations } from '../../../emulator/alasql/relations.ts';
import { Authenticator } from '../../../emulator/auth/authenticate.ts';
import { type PolicyName, policies } from '../../../emulator/auth/policies.ts';
import type { FileStorage } from '../../../emulator/hub/files/file-storage.ts';
import type { Hub } from '../../../emulator/hub/hub.ts';
import type { BlobTransfer } from '../../../emulator/hub/import-export/import-export-jobs.ts';
import { type Log, type LogFields, silentLog } from '../../../emulator/log.ts';
import type { Kept } from '../../../emulator/servers/kept.ts';
import { createRestServer, type RestOptions } from '../../../emulator/servers/rest/server.ts';
import { signSas } from '../../../protocol/sas.ts';
import type { Tier } from '../../../protocol/tier.ts';
import { newHub } from '../hub/hub.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined if there is none. */
  readonly body: unknown;
}

export interface Ask {
  /** An object is sent as JSON, a text unchanged. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The policy to sign with, a whole Authorization header, or none. */
  readonly as?: PolicyName | { readonly authorization: string | undefined };
  /** If empty, the query does not have it. */
  readonly apiVersion?: string;
}

const POLICIES = policies();
const SOON = Math.floor(Date.now() / 1000) + 3600;

export const tokenOf = (name: PolicyName, change: { expiry?: number; key?: string; resource?: string } = {}): string =>
  signSas({
    resource: 'localhost',
    key: POLICIES.get(name)?.primaryKey ?? '',
    policy: name,
    expiry: SOON,
    ...change,
  });

/** A hub with its REST server on a free port, and a client that sends requests unchanged. */
export const startRest = async (
  /** `behindDoor`: another server accepts the connections and passes them on. */
  options: Partial<RestOptions> & {
    mode?: 'strict' | 'off';
    behindDoor?: boolean;
    blobTransfer?: BlobTransfer;
    tier?: Tier;
    fileStorage?: FileStorage;
    keep?: (hub: Hub) => Kept;
  } = {},
) => {
  const { blobTransfer, fileStorage } = options;
  const { hub, clock, events } = newHub({
    relations: alasqlRelations(),
    tier: options.tier,
    ...(blobTransfer && { blobTransfer }),
    ...(fileStorage && { fileStorage }),
  });
  const { log, lines } = listeningLog();
  const auth = new Authenticator({
    policies: POLICIES,
    find: (key) => hub.fleet.find(key),
    mode: options.mode ?? 'strict',
    log: silentLog,
  });
  const server = createRestServer({ hub, auth, log, kept: options.keep?.(hub), ...options });
  const door: Server = options.behindDoor
    ? createDoor((socket) => server.http.emit('connection', socket))
    : server.http;
  await new Promise<void>((done) => door.listen(0, '127.0.0.1', done));
  await server.ready();
  const { port } = door.address() as AddressInfo; // a TCP server that listens has one
  const ask = (method: string, path: string, asked: Ask = {}): Promise<Reply> =>
    send({ port, method, path: withVersion(path, asked.apiVersion), headers: headersOf(asked), body: asked.body });
  return {
    hub,
    clock,
    events,
    lines,
    port,
    http: server.http,
    ask,
    async [Symbol.asyncDispose]() {
      await server.close();
      if (door.listening) door.close();
    },
  };
};

export type Rest = Awaited<ReturnType<typeof startRest>>;

export interface Line {
  readonly level: string;
  readonly text: string;
  readonly fields: LogFields;
  readonly cause?: unknown;
}

export const listeningLog = (): { log: Log; lines: Line[] } => {
  const lines: Line[] = [];
  return {
    lines,
    log: {
      info: (text, fields = {}) => lines.push({ level: 'info', text, fields }),
      warn: (text, fields = {}) => lines.push({ level: 'warn', text, fields }),
      error: (text, cause, fields = {}) => lines.push({ level: 'error', text, fields, cause }),
    },
  };
};

/** One HTTP request to this machine. */
export const send = (asked: {
  port: number;
  method: string;
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
}): Promise<Reply> =>
  new Promise((done, failed) => {
    const { port, method, path, headers = {} } = asked;
    const body = asked.body === undefined || typeof asked.body === 'string' ? asked.body : JSON.stringify(asked.body);
    const sized = body === undefined ? headers : { 'content-length': String(Buffer.byteLength(body)), ...headers };
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers: sized }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const json = response.headers['content-type']?.startsWith('application/json') && text !== '';
        const parsed: unknown = json ? JSON.parse(text) : undefined;
        done({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed });
      });
    });
    request.on('error', failed);
    request.end(body);
  });

const withVersion = (path: string, version = '2021-04-12'): string => {
  if (version === '') return path;
  return `${path}${path.includes('?') ? '&' : '?'}api-version=${version}`;
};

const headersOf = ({ as = 'iothubowner', headers = {} }: Ask): Record<string, string> => {
  const authorization = typeof as === 'string' ? tokenOf(as) : as.authorization;
  return { ...(authorization === undefined ? {} : { authorization }), ...headers };
};
