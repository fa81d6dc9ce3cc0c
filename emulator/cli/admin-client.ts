import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { type Call, type Operations, type OutputOf, targetOf } from '../../protocol/admin/operation.ts';
import type { AdminOperations } from '../../protocol/admin/operations.ts';
import { linesOf } from '../lines.ts';
import { EXIT, exitCodeOf, Failure } from './context.ts';
import { readBytes, readStream } from './read-stream.ts';

/** Where the admin API of an emulator is. */
export interface AdminEndpoint {
  readonly url: string;
  readonly token: string | undefined;
}

/** An answer, whatever its status. */
export interface AdminAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

type Name = keyof AdminOperations & string;
type CallOf<O extends Name> = Call<O, AdminOperations[O]>;
/** Left out where an operation needs nothing. */
type Given<O extends Name> = Record<string, never> extends CallOf<O> ? [call?: CallOf<O>] : [call: CallOf<O>];

const TIMEOUT_MS = 30_000;

/** Calls the operations of the admin API, with the types of `protocol/admin/operations.ts`. */
export class AdminClient {
  readonly #endpoint: AdminEndpoint;
  readonly #timeoutMs: number;

  constructor(endpoint: AdminEndpoint, timeoutMs = TIMEOUT_MS) {
    this.#endpoint = endpoint;
    this.#timeoutMs = timeoutMs;
  }

  /** The answer, checked against its schema; undefined for operations without one. Throws a Failure with the error of the emulator. */
  async call<O extends Name>(operation: O, ...given: Given<O>): Promise<OutputOf<AdminOperations[O], 'answer'>> {
    const { answer: schema } = (await loadOperations())[operation] ?? {};
    const text = await this.text(operation, ...given);
    const parsed = schema?.safeParse(JSON.parse(text));
    if (parsed?.success === false)
      throw new Failure(
        EXIT.failed,
        `${this.#endpoint.url} is of another version: its answer to ${operation} is not understood.`,
      );
    return parsed?.data as OutputOf<AdminOperations[O], 'answer'>; // what the schema of this operation gives
  }

  /** The answer as text. Throws as `call` does. */
  async text<O extends Name>(operation: O, ...given: Given<O>): Promise<string> {
    return (await successful(await this.send(operation, ...given))).text;
  }

  /** The answer as bytes. Throws as `call` does. */
  async bytes<O extends Name>(operation: O, ...given: Given<O>): Promise<Buffer> {
    const response = await this.#request(operation, given[0]);
    if (response.statusCode !== 200) await successful(await answerOf(response));
    return readBytes(response);
  }

  /** Calls back for each line of an answer that goes on, until the emulator ends it. Throws as `call` does. */
  async follow<O extends Name>(operation: O, received: (line: string) => void, ...given: Given<O>): Promise<void> {
    const response = await this.#request(operation, given[0]);
    if (response.statusCode !== 200) {
      await successful(await answerOf(response));
      return;
    }
    response.socket.setTimeout(0);
    try {
      for await (const line of linesOf(response)) received(line);
    } catch (error) {
      if (error !== response.errored) throw error; // an emulator that is killed has ended the answer, too
    }
  }

  /** The answer, whatever its status. Throws a Failure if there is none. */
  async send<O extends Name>(operation: O, ...given: Given<O>): Promise<AdminAnswer> {
    return answerOf(await this.#request(operation, given[0]));
  }

  #request(operation: string, call: object = {}): Promise<IncomingMessage> {
    const { url, token } = this.#endpoint;
    const { method, path } = targetOf(operation, call);
    const body = 'body' in call ? call.body : undefined;
    const content = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
    const headers = {
      ...(token === undefined ? {} : { authorization: headerText(`Bearer ${token}`) }),
      'content-length': String(Buffer.byteLength(content)),
    };
    return new Promise((done, failed) => {
      const request = httpRequest(`${url}${path}`, { method, headers, timeout: this.#timeoutMs }, done);
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('error', (error) => failed(unreachable(url, error)));
      request.end(content);
    });
  }
}

/** Node sends the characters of a header as bytes: those of UTF-8. */
const headerText = (text: string): string => Buffer.from(text).toString('latin1');

/** Schemas take a while to build: commands that call nothing do without them. */
const loadOperations = async (): Promise<Operations> =>
  (await import('../../protocol/admin/operations.ts')).ADMIN_OPERATIONS;

const answerOf = async (response: IncomingMessage): Promise<AdminAnswer> => ({
  status: response.statusCode ?? 0,
  headers: response.headers,
  text: await readStream(response),
});

const successful = async (answer: AdminAnswer): Promise<AdminAnswer> => {
  const { status, text } = answer;
  if (status >= 200 && status < 300) return answer;
  throw new Failure(
    exitCodeOf(status),
    `${(await errorIn(text)) ?? `The emulator answered ${status}`}${status === 401 ? GIVE_TOKEN : ''}`,
  );
};

const GIVE_TOKEN = '\nGive it with --admin-token or IOTHUB_EMULATOR_ADMIN_TOKEN.';

const errorIn = async (text: string): Promise<string | undefined> => {
  const { AdminError } = await import('../../protocol/admin/server.ts');
  try {
    const { error, code, hint } = AdminError.parse(JSON.parse(text));
    // the service's text for a device that does not exist is its id alone
    const said = code === undefined || error.includes(' ') ? error : `${code}: ${error}`;
    return hint ? `${said}${said.endsWith('.') ? '' : ':'} ${hint}` : said;
  } catch {
    return undefined;
  }
};

const unreachable = (url: string, { message }: Error): Failure =>
  new Failure(
    EXIT.notReachable,
    `There is no emulator at ${new URL(url).origin}: ${message}\nIs it running? iothub-emulator start`,
  );
