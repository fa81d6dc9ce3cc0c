import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UPLOADS } from '../../../emulator/blobs/own-storage.ts';
import { createRestServer } from '../../../emulator/servers/rest/server.ts';
import { StorageServer } from '../../../emulator/servers/storage/server.ts';
import { signBlobSas } from '../../../protocol/blob-sas.ts';
import { ACCOUNT, newFilesHub } from '../hub/files.ts';
import { authenticatedHub } from './authenticated-hub.ts';
import { listeningLog } from './rest-client.ts';

export interface BlobReply {
  readonly status: number;
  readonly code: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

export interface BlobAsk {
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Permissions of the SAS, or the SAS itself. */
  readonly sas?: string;
}

/** A hub that keeps blobs, with its HTTP server on a free port without TLS. `requestTimeout`: of one request, ms. */
export const startStore = async (requestTimeout?: number) => {
  const world = newFilesHub();
  const { log, lines } = listeningLog();
  const now = (): number => world.clock.now();
  const storage = new StorageServer({ blobs: world.blobs, account: ACCOUNT, container: UPLOADS, now, log });
  const { auth } = authenticatedHub();
  const rest = createRestServer({
    hub: world.hub,
    auth,
    log,
    ...(requestTimeout !== undefined && { requestTimeout }),
    take: (request, response) => storage.take(request, response),
  });
  rest.http.listen(0, '127.0.0.1');
  await once(rest.http, 'listening');
  await rest.ready();
  const { port } = rest.http.address() as AddressInfo; // of TCP servers
  const ask = (method: string, name: string, asked: BlobAsk = {}): Promise<BlobReply> => {
    const { query = '', sas = 'rw' } = asked;
    const grant = { container: UPLOADS, blob: name, permissions: sas, expiresAt: now() + 3_600_000 };
    const signed = /^[a-z]+$/.test(sas) ? signBlobSas(ACCOUNT, grant) : sas;
    const path = `/${ACCOUNT.name}/${UPLOADS}/${name.split('/').map(encodeURIComponent).join('/')}`;
    return send(port, { ...asked, method, path: `${path}${signed}${query && `&${query}`}` });
  };
  return {
    ...world,
    lines,
    port,
    ask,
    /** As `ask`, for any path. */
    raw: (method: string, path: string, asked: BlobAsk = {}) => send(port, { ...asked, method, path }),
    put: (name: string, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
      ask('PUT', name, { body, headers: { 'x-ms-blob-type': 'BlockBlob', ...headers } }),
    async [Symbol.asyncDispose]() {
      await rest.close();
    },
  };
};

const send = (port: number, asked: BlobAsk & { readonly method: string; readonly path: string }): Promise<BlobReply> =>
  new Promise((done, failed) => {
    const { method, path, headers = {}, body } = asked;
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    const sized = method === 'PUT' && !('transfer-encoding' in headers) ? { 'content-length': String(length) } : {};
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers: { ...sized, ...headers } });
    request.on('response', async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer); // without an encoding
      const code = response.headers['x-ms-error-code'];
      done({
        status: response.statusCode ?? 0,
        code: typeof code === 'string' ? code : undefined,
        headers: response.headers,
        bytes: Buffer.concat(chunks),
      });
    });
    request.on('error', failed);
    request.end(body);
  });

/** A server that takes requests and answers none; `asked` settles with the first one. */
export const silentServer = async () => {
  const server = createServer();
  const asked = once(server, 'request');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // of TCP servers
  return {
    port,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
};
