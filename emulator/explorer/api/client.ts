import { isObject } from '../../../protocol/json.ts';

/** A refusal of the admin API or of the service API behind it. */
export class ApiError extends Error {
  /** HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** The hub's name of the error, such as `DeviceNotFound`. */
  readonly code: string | undefined;
  readonly hint: string | undefined;

  constructor(text: string, more: { status: number; code?: string | undefined; hint?: string | undefined }) {
    super(text);
    this.name = 'ApiError';
    this.status = more.status;
    this.code = more.code;
    this.hint = more.hint;
  }
}

export interface Request {
  readonly method?: string;
  /** JSON, unless it is a text already. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls the API of one hub. Throws ApiError. */
export interface Client {
  /** Where the hub's operations are: empty for the original, `/hubs/NAME` for a fork. */
  readonly base: string;
  get<T>(path: string): Promise<T>;
  send<T = undefined>(path: string, request: Request): Promise<T>;
  /** The whole answer, for its headers. */
  call(path: string, request?: Request): Promise<Response>;
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export const createClient = (base: string, fetch: Fetch = (url, init) => globalThis.fetch(url, init)): Client => {
  const call = async (path: string, request: Request = {}): Promise<Response> => {
    const response = await fetch(base + path, init(request)).catch((error: unknown) => {
      throw new ApiError(`The emulator does not answer: ${messageOf(error)}`, { status: 0 });
    });
    if (!response.ok) throw refusalOf(response, await response.text());
    return response;
  };
  return {
    base,
    call,
    get: async <T>(path: string) => (await call(path)).json() as Promise<T>, // the API's own answers
    send: async <T>(path: string, request: Request) => {
      const text = await (await call(path, request)).text();
      return (text === '' ? undefined : JSON.parse(text)) as T; // as above
    },
  };
};

const init = ({ method = 'GET', body, headers = {} }: Request): RequestInit => ({
  method,
  headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
  ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
});

/** Reads `{error, code, hint}` of the admin API and the shapes of `{Message, ExceptionMessage}` of the service API. */
const refusalOf = ({ status, headers }: Response, text: string): ApiError => {
  const answer = parse(text);
  if (!isObject(answer)) return new ApiError(text || `The emulator answered ${status}.`, { status });
  const { error, code, hint, Message, message } = answer;
  if (typeof error === 'string') return new ApiError(error, { status, code: textOf(code), hint: textOf(hint) });
  const said = textOf(Message) ?? textOf(message) ?? text;
  const inner = parse(said);
  const plain = isObject(inner) ? (textOf(inner.message) ?? said) : said.replace(/^ErrorCode:\s*\w+;\s*/, '');
  const [, named] = /^ErrorCode:\s*(\w+);/.exec(said) ?? [];
  return new ApiError(plain, { status, code: headers.get('iothub-errorcode') ?? named });
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What to tell a person about a caught error. */
export const messageOf = (error: unknown): string => {
  if (error instanceof ApiError && error.hint !== undefined) return `${error.message} (${error.hint})`;
  return error instanceof Error ? error.message : String(error);
};
