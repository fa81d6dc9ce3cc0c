import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Operations that the admin API does not have yet. */
export interface Extras {
  /** Such as `GET /traffic`. */
  readonly operations: readonly string[];
  /** The JSON answer; undefined for what these operations do not answer. */
  answer(method: string, url: URL, body: string): unknown;
}

export interface PageServerOptions {
  /** Where the admin API is. */
  readonly admin: string;
  readonly extras?: Extras;
}

export interface PageServer extends AsyncDisposable {
  readonly url: string;
  /** Sends an event to every page, besides those of the hub. */
  emit(type: string, data: object): void;
}

/** Hands requests on to a running emulator, and answers for what that lacks. */
export const startPageServer = async (options: PageServerOptions, port = 0): Promise<PageServer> => {
  const pages = new Set<ServerResponse>();
  const http = createServer((incoming, outgoing) => {
    answer(options, pages, incoming, outgoing).catch((error: unknown) => {
      outgoing.statusCode = 502;
      outgoing.end(JSON.stringify({ error: String(error) }));
    });
  });
  await new Promise<void>((done) => http.listen(port, '127.0.0.1', done));
  const { port: real } = http.address() as AddressInfo; // of a TCP server that listens
  return {
    url: `http://127.0.0.1:${real}`,
    emit(type, data) {
      for (const page of pages) page.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((done) => http.close(done));
    },
  };
};

const answer = async (
  options: PageServerOptions,
  pages: Set<ServerResponse>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> => {
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const method = incoming.method ?? 'GET';
  const body = await bodyOf(incoming);
  if (url.pathname === '/info') return sendJson(outgoing, await infoOf(options));
  const extra = options.extras?.answer(method, url, body);
  if (extra !== undefined) return sendJson(outgoing, await extra);
  if (url.pathname === '/events' && url.searchParams.get('format') !== 'json') {
    pages.add(outgoing);
    outgoing.once('close', () => pages.delete(outgoing));
  }
  return askAdmin(options, { incoming, outgoing, body, path: url.pathname + url.search });
};

const sendJson = (outgoing: ServerResponse, value: unknown): void => {
  outgoing.writeHead(200, { 'content-type': 'application/json' });
  outgoing.end(JSON.stringify(value));
};

const bodyOf = async (incoming: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

/** As the API says it, with the operations that this server adds. */
const infoOf = async ({ admin, extras }: PageServerOptions): Promise<unknown> => {
  const info = (await (await fetch(`${admin}/info`)).json()) as { operations: readonly string[] }; // the API's own answer
  return { ...info, operations: [...info.operations, ...(extras?.operations ?? [])] };
};

interface Passing {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly body: string;
}

const askAdmin = (
  { admin }: PageServerOptions,
  { incoming, outgoing, body, path }: Passing & { path: string },
): void => {
  const { host } = new URL(admin);
  const asking = request(
    admin + path,
    { method: incoming.method, headers: { ...headersFor(incoming), host } },
    (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    },
  );
  outgoing.once('close', () => asking.destroy());
  asking.on('error', () => outgoing.destroy());
  asking.end(body);
};

/** Without those that are about this connection or this origin. */
const headersFor = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' &&
      !['host', 'origin', 'connection', 'transfer-encoding', 'content-length'].includes(name)
        ? [[name, value]]
        : [],
    ),
  );
