import { type IncomingMessage, METHODS, type Server, type ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Answers every request, whatever its method and path. */
export type Respond = (request: IncomingMessage, response: ServerResponse) => void;

interface Loaded {
  readonly app: FastifyInstance;
  readonly handle: Respond;
}

/** fastify before one handler. It is loaded when it is needed first: it would take a fifth of a start. */
export class LazyApp {
  readonly #http: Server;
  readonly #respond: Respond;
  #loading: Promise<Loaded> | undefined;
  #loaded: Loaded | undefined;

  constructor(http: Server, respond: Respond) {
    this.#http = http;
    this.#respond = respond;
  }

  async load(): Promise<void> {
    this.#loading ??= open(this.#http, this.#respond);
    this.#loaded = await this.#loading;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (this.#loaded !== undefined) this.#loaded.handle(request, response);
    else
      this.load().then(
        () => this.handle(request, response),
        (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
      );
  }

  async close(): Promise<void> {
    await (await this.#loading?.catch(() => undefined))?.app.close();
  }
}

const open = async (http: Server, respond: Respond): Promise<Loaded> => {
  const { fastify } = await import('fastify');
  let handle: Respond = respond;
  const app = fastify({
    serverFactory: (handler) => {
      handle = handler;
      return http;
    },
    // one handler for all paths: ids contain characters at which a router would split
    rewriteUrl: () => '/',
    exposeHeadRoutes: false,
    clientErrorHandler: () => {}, // the server has one of its own
  });
  const answer = ({ raw, originalUrl }: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack(); // an answer is written at once, in one piece
    raw.url = originalUrl;
    respond(raw, reply.raw);
  };
  // `respond` reads the body: within the limit of the operation, and only if the caller is authorized
  // (fastify knows QUERY, Node 20.19 does not)
  const methods = app.supportedMethods.filter((method) => METHODS.includes(method));
  for (const method of methods) app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  app.route({ method: methods, url: '/', handler: answer });
  app.setNotFoundHandler(answer);
  await app.ready();
  return { app, handle };
};
