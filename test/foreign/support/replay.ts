import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { JsonObject } from '../../../protocol/json.ts';
import { signSas } from '../../../protocol/sas.ts';
import type { ForeignHub } from './hub.ts';

/** A request as a tool sends it: only authorization and length are added. */
export interface Replayed {
  readonly method: string;
  /** Path and query, encoded as the tool encodes them. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** JSON, or undefined if there is no body. */
  readonly body: unknown;
}

/** Sends requests to a hub over TLS, with a token that is valid for `seconds`. */
export const replayer = (hub: ForeignHub, seconds: number): ((asked: Replayed) => Promise<Answer>) => {
  const ca = readFileSync(hub.caFile, 'utf8');
  const parts = Object.fromEntries(
    hub.emulator
      .connectionString()
      .split(';')
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  );
  const { HostName: resource = '', SharedAccessKey: key = '', SharedAccessKeyName: policy = '' } = parts;
  return ({ method, target, headers = {}, body }) =>
    new Promise((done, failed) => {
      const expiry = Math.ceil(Date.now() / 1000) + seconds;
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
      const outgoing = httpsRequest(
        {
          host: resource,
          method,
          path: target,
          ca,
          agent: false,
          headers: {
            authorization: signSas({ resource, key, expiry, policy }),
            ...(text === '' ? {} : { 'content-length': Buffer.byteLength(text) }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const said = Buffer.concat(chunks).toString('utf8');
            const isJson = response.headers['content-type']?.startsWith('application/json') && said !== '';
            const parsed: unknown = isJson ? JSON.parse(said) : undefined;
            done({ status: response.statusCode ?? 0, headers: response.headers, body: parsed });
          });
        },
      );
      outgoing.on('error', failed);
      outgoing.end(text);
    });
};

/** An answer as an object, for tests that compare a part of it. */
export const objectOf = (value: unknown): JsonObject => value as JsonObject; // only called for answers that are objects
