import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { rootCertificates } from 'node:tls';
import type { Json } from '../../protocol/json.ts';
import { signSas } from '../../protocol/sas.ts';
import { EXIT, Failure } from './context.ts';
import type { Login } from './login.ts';

const API_VERSION = '2021-04-12';
const TOKEN_SECONDS = 600;
const PATIENCE = 30_000;

export interface Request {
  readonly method: 'GET' | 'PUT' | 'DELETE' | 'POST';
  /** Encoded, from the slash on; with a query, if it has one besides the version. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/** Asks the hub's service API. Throws a Failure with the hub's own words. */
export const ask = async (login: Login, request: Request): Promise<Json> => {
  const { status, text } = await send(login, request);
  if (status >= 200 && status < 300) return text === '' ? null : JSON.parse(text);
  throw new Failure(status === 404 ? EXIT.notFound : EXIT.failed, messageOf(text) || `The hub answered ${status}`);
};

const send = (login: Login, request: Request): Promise<{ status: number; text: string }> => {
  const { HostName, SharedAccessKeyName: policy, SharedAccessKey: key } = login.parts;
  const url = new URL(`https://${HostName}${request.path}`);
  url.searchParams.set('api-version', API_VERSION);
  const body = request.body === undefined ? '' : JSON.stringify(request.body);
  const expiry = Math.ceil(Date.now() / 1000) + TOKEN_SECONDS;
  return new Promise((done, failed) => {
    const outgoing = httpsRequest(
      url,
      {
        method: request.method,
        headers: {
          authorization: signSas({ resource: HostName, key, expiry, policy }),
          ...(body === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
          'content-length': Buffer.byteLength(body),
          ...request.headers,
        },
        agent: false,
        timeout: PATIENCE,
        // a list replaces the roots, and a hub in Azure needs those
        ...(login.caFile === undefined ? {} : { ca: [...rootCertificates, readFileSync(login.caFile, 'utf8')] }),
      },
      (response) => read(response).then((text) => done({ status: response.statusCode ?? 0, text }), failed),
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', (error) => failed(unreachable(HostName, error)));
    outgoing.end(body);
  });
};

const read = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

/** Several addresses that refuse come as one error with many causes. */
const unreachable = (hostName: string, error: Error & { code?: string; errors?: readonly Error[] }): Failure => {
  const cause = error.message || error.errors?.map(({ message }) => message).join(', ') || error.code || 'no answer';
  const isTrust = /certificate|CERT_|altnames/i.test(`${error.code} ${cause}`);
  const remedy = isTrust
    ? 'Name the CA in IOTHUB_CA_FILE, or its folder by --ca-dir.'
    : 'Is it running? iothub-emulator start';
  return new Failure(EXIT.notReachable, `The hub at ${hostName} cannot be reached: ${cause}\n${remedy}`);
};

const messageOf = (text: string): string => {
  try {
    const { Message, message } = JSON.parse(text);
    return String(Message ?? message ?? text);
  } catch {
    return text;
  }
};
