import { request as httpRequest } from 'node:http';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import type { Json } from '../../protocol/json.ts';
import { type Context, EXIT, Failure } from './context.ts';
import { type Location, locate } from './locator.ts';

const PATIENCE = 30_000;
const DEFAULT_URL = 'http://127.0.0.1:8088';

/** A running emulator as its own API shows it. */
export interface Admin {
  /** Asks; an object is sent as JSON, a text as it is. Throws a Failure with the emulator's own words. */
  ask(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: Json): Promise<string>;
  /** Calls back for each line of an answer that goes on, until the emulator ends. Throws as `ask` does. */
  follow(path: string, hear: (line: string) => void): Promise<void>;
}

/** Flags of every command that speaks with a running emulator. */
export const addAdmin = (command: Command): Command =>
  command
    .option('--admin-url <url>', 'which emulator (the one that was started last, if not given)')
    .option('--admin-token <token>', 'its token, if it demands one');

/** Where an emulator's own API is. */
export interface AdminPlace {
  readonly url: string;
  readonly token: string | undefined;
  /** What it has left word of, if it was started by this user on this machine. */
  readonly located: Location | undefined;
}

/** The flag, else the environment, else the emulator that was started last. */
export const placeOf = (given: Readonly<Record<string, unknown>>, { environment }: Context): AdminPlace => {
  const last = locate();
  const url = text(given.adminUrl) ?? environment.IOTHUB_EMULATOR_ADMIN_URL ?? last?.adminUrl ?? DEFAULT_URL;
  const located = url === last?.adminUrl ? last : undefined;
  const token = text(given.adminToken) ?? environment.IOTHUB_EMULATOR_ADMIN_TOKEN ?? located?.adminToken;
  return { url, token, located };
};

export const findAdmin = (given: Readonly<Record<string, unknown>>, context: Context): Admin => {
  const { url, token } = placeOf(given, context);
  return {
    async ask(method, path, body) {
      return good(await send({ url: `${url}${path}`, method, token, body }));
    },
    async follow(path, hear) {
      good(await send({ url: `${url}${path}`, method: 'GET', token, hear }));
    },
  };
};

const good = ({ status, text: answer }: Answer): string => {
  if (status >= 200 && status < 300) return answer;
  throw new Failure(status === 404 ? EXIT.notFound : EXIT.failed, complaintIn(answer, status));
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly token: string | undefined;
  readonly body?: Json | undefined;
  /** Hears lines as they come, instead of all at the end. */
  readonly hear?: (line: string) => void;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const send = ({ url, method, token, body, hear }: Asked): Promise<Answer> =>
  new Promise((done, failed) => {
    const content = body === undefined || typeof body === 'string' ? (body ?? '') : JSON.stringify(body);
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      'content-length': String(Buffer.byteLength(content)),
    };
    const asking = httpRequest(url, { method, headers, timeout: PATIENCE }, (response) => {
      if (hear !== undefined && response.statusCode === 200) {
        asking.setTimeout(0);
        createInterface(response)
          .on('line', hear)
          .once('close', () => done({ status: 200, text: '' }));
        return;
      }
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        done({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    asking.on('timeout', () => asking.destroy(new Error('no answer in time')));
    asking.on('error', (error) =>
      failed(
        new Failure(
          EXIT.notReachable,
          `No emulator is reached at ${new URL(url).origin}: ${error.message}\nIs it running? iothub-emulator start`,
        ),
      ),
    );
    asking.end(content);
  });

const complaintIn = (answer: string, status: number): string => {
  try {
    return String(JSON.parse(answer).error);
  } catch {
    return `The emulator answered ${status}`;
  }
};
