import { DEEPEST_NESTING, MOST_OPERATORS } from './dialect.ts';
import { Flaw, quote, type Token, type Tokens } from './token.ts';

/** A place in a row of tokens, read as far as it is asked for, with what a front end asks of it. Throws Flaw. */
export class Cursor {
  readonly #read: Tokens;
  readonly #tokens: Token[] = [];
  #at = 0;
  #depth = 0;
  #operators = 0;

  constructor(read: Tokens) {
    this.#read = read;
  }

  get token(): Token {
    return this.ahead(0);
  }

  ahead(count: number): Token {
    for (;;) {
      const token = this.#tokens[this.#at + count];
      if (token !== undefined) return token;
      this.#tokens.push(this.#read());
    }
  }

  next(): Token {
    const token = this.token;
    this.#at++;
    return token;
  }

  /** True at an unquoted word, in any case. */
  isWord(word: string, count = 0): boolean {
    const token = this.ahead(count);
    return token.kind === 'word' && token.text.toLowerCase() === word;
  }

  isSymbol(text: string, count = 0): boolean {
    const token = this.ahead(count);
    return token.kind === 'symbol' && token.text === text;
  }

  takeWord(word: string): boolean {
    return this.#take(this.isWord(word));
  }

  takeSymbol(text: string): boolean {
    return this.#take(this.isSymbol(text));
  }

  needWord(word: string): void {
    if (!this.takeWord(word)) throw this.unexpected(word.toUpperCase());
  }

  needSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw this.unexpected(`"${text}"`);
  }

  needEnd(): void {
    if (this.token.kind !== 'end') throw this.unexpected('the end');
  }

  unexpected(wanted: string): Flaw {
    return new Flaw(`expected ${wanted}, found ${quote(this.token)}`, this.token.at);
  }

  /** Reads one level deeper; refuses what nests too deep to be meant. */
  deeper<T>(read: () => T): T {
    if (++this.#depth > DEEPEST_NESTING) throw new Flaw(`nested deeper than ${DEEPEST_NESTING}`, this.token.at);
    const result = read();
    this.#depth--;
    return result;
  }

  /** Counts one more operator whose left side may be another one's result. */
  operator(): void {
    if (++this.#operators > MOST_OPERATORS) throw new Flaw(`more than ${MOST_OPERATORS} operators`, this.token.at);
  }

  #take(there: boolean): boolean {
    if (there) this.#at++;
    return there;
  }
}
