import type { TraceInput } from './trace.ts';

/** A method call or a delivery that a client answers by its token. */
interface Token {
  /** Whose it is, and of what kind. */
  readonly about: string;
  readonly token: string;
  /** False: the client does not know it. */
  readonly arrives: boolean;
}

/** Inputs whose second argument is such a token. */
const ANSWERS = new Set([
  'methods.respond',
  'methods.fail',
  ...['complete', 'reject', 'abandon', 'release'].map((name) => `inbox.${name}`),
]);

/** Which token of a changed run is which of the recorded one: they are counted, and the changed run has other numbers. */
export class Tokens {
  #noted: Token[] = [];
  readonly #known = new Map<string, Token | undefined>();

  /** Something is handed to a client. */
  note(key: string | undefined, message: unknown, arrives: boolean): void {
    const token = tokenIn(message);
    if (token !== undefined) this.#noted.push({ about: `${kindOf(message)} ${key ?? ''}`, token, arrives });
  }

  /** What an input returned may be a delivery. */
  noteResult(result: unknown): void {
    this.note(undefined, result, true);
  }

  /** What was noted since the last call. */
  take(): readonly Token[] {
    return this.#noted.splice(0);
  }

  /** Notes which tokens of both runs belong together. */
  match(recorded: readonly Token[], own: readonly Token[]): void {
    const rest = [...own];
    for (const { about, token } of recorded) {
      const at = rest.findIndex((one) => one.about === about);
      this.#known.set(`${about.split(' ', 1)[0]} ${token}`, at < 0 ? undefined : rest.splice(at, 1)[0]);
    }
  }

  /** The input with the tokens of this run; undefined if the client cannot know the token that it answers. */
  translated(input: TraceInput): TraceInput | undefined {
    const [key, token, ...rest] = input.args ?? [];
    if (key === undefined || typeof token !== 'string' || !ANSWERS.has(input.op)) return input;
    const name = `${input.op.startsWith('methods.') ? 'method' : 'delivery'} ${token}`;
    if (!this.#known.has(name)) return input; // from before
    const own = this.#known.get(name);
    return own?.arrives ? { ...input, args: [key, own.token, ...rest] } : undefined;
  }
}

const tokenIn = (message: unknown): string | undefined => {
  if (typeof message !== 'object' || message === null) return undefined;
  if ('requestId' in message) return String(message.requestId);
  return 'lockToken' in message ? String(message.lockToken) : undefined;
};

const kindOf = (message: unknown): string =>
  typeof message === 'object' && message !== null && 'requestId' in message ? 'method' : 'delivery';
