import { type IncomingMessage, METHODS, type Server, type ServerResponse } from 'node:http';
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify';

/** Answers every request, whatever its method and path. */
export type Respond = (request: IncomingMessage, response: ServerResponse) => void;

/** fastify before one handler. */
export interface App {
  readonly handle: Respond;
  close(): Promise<void>;
}

export const openApp = async (http: Server, respond: Respond): Promise<App> => {
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
  return { handle, close: () => app.close() };
};
