import { Agent, type Dispatcher, request } from 'undici';
import { parseConnectionString } from '../../protocol/connection-string.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { signSas } from '../../protocol/sas.ts';

/** An answer of a server. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Json;
}

/** A running hub: its REST API and the admin API of the emulator. */
export interface Target {
  rest(
    method: Dispatcher.HttpMethod,
    path: string,
    options?: { body?: Json; headers?: Record<string, string> },
  ): Promise<Reply>;
  admin(method: Dispatcher.HttpMethod, path: string, body?: Json): Promise<Reply>;
  close(): Promise<void>;
}

/** `login`: the connection string of a service. Throws if one of the two does not answer. */
export const openTarget = async (adminUrl: string, login: string): Promise<Target> => {
  const { HostName, SharedAccessKeyName: policy = '', SharedAccessKey: key = '' } = parseConnectionString(login);
  const ca = await request(new URL('/ca.pem', adminUrl));
  const pem = ca.statusCode === 200 ? await ca.body.text() : undefined;
  const dispatcher = new Agent({ connect: pem === undefined ? {} : { ca: pem } });
  const expiry = Math.floor(Date.now() / 1000) + 3600;
  const authorization = signSas({ resource: HostName, key, expiry, policy });
  return {
    rest: (method, path, { body, headers = {} } = {}) =>
      ask(`https://${HostName}${path}?api-version=2021-04-12`, {
        method,
        dispatcher,
        headers: { authorization, ...JSON_TYPE, ...headers },
        ...bodyOf(body),
      }),
    admin: (method, path, body) => ask(new URL(path, adminUrl).href, { method, headers: JSON_TYPE, ...bodyOf(body) }),
    close: () => dispatcher.close(),
  };
};

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

const bodyOf = (body: Json | undefined): { body?: string } =>
  body === undefined ? {} : { body: JSON.stringify(body) };

const ask = async (url: string, options: Parameters<typeof request>[1]): Promise<Reply> => {
  const { statusCode, headers, body } = await request(url, options);
  const text = await body.text();
  const flat = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]);
  return { status: statusCode, headers: Object.fromEntries(flat), body: text === '' ? null : JSON.parse(text) };
};

/** A property of an object of an answer. */
export const member = (value: Json, name: string): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject)[name] : undefined; // checked before
