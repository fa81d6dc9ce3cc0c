import { DEEPEST_NESTING, MOST_OPERATORS } from './dialect.ts';
import { QuerySyntaxError, quote, type Token, type Tokens } from './token.ts';

/** A position in a list of tokens, which are read when they are needed. Throws QuerySyntaxError. */
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

  /** True if the token is that word, unquoted and in any case. `word` is in lower case. */
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

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw this.unexpected(word.toUpperCase());
  }

  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw this.unexpected(`"${text}"`);
  }

  expectEnd(): void {
    if (this.token.kind !== 'end') throw this.unexpected('the end');
  }

  /** The error to throw if the next token is not `wanted`. */
  unexpected(wanted: string): QuerySyntaxError {
    return new QuerySyntaxError(`expected ${wanted}, found ${quote(this.token)}`, this.token.at);
  }

  /** Reads one nesting level deeper. Throws if that is too deep. */
  deeper<T>(read: () => T): T {
    if (++this.#depth > DEEPEST_NESTING)
      throw new QuerySyntaxError(`nested deeper than ${DEEPEST_NESTING}`, this.token.at);
    const result = read();
    this.#depth--;
    return result;
  }

  /** Counts an operator whose left operand may be the result of another. Throws if there are too many. */
  operator(): void {
    if (++this.#operators > MOST_OPERATORS)
      throw new QuerySyntaxError(`more than ${MOST_OPERATORS} operators`, this.token.at);
  }

  #take(there: boolean): boolean {
    if (there) this.#at++;
    return there;
  }
}
