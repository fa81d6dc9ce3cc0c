const BLANKS = /[\s\u0000\u0085]*/y;
const LINE = /[^\r\n]*/y;

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  '\\': '\\',
  '"': '"',
  "'": "'",
  '/': '/',
};

/** A position in a text of lenient JSON. Methods that find something else than they expect throw SyntaxError. */
export class JsonCursor {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The next character; undefined at the end. */
  get char(): string | undefined {
    return this.text[this.at];
  }

  /** Reads a string in either kind of quotes. */
  string(): string {
    const quote = this.char;
    const start = this.at;
    let value = '';
    let from = start + 1;
    for (this.at = from; this.at < this.text.length; this.at += 1) {
      const char = this.char;
      if (char !== quote && char !== '\\') continue;
      value += this.text.slice(from, this.at);
      if (char === '\\') value += this.#escape();
      from = this.at + 1;
      if (char !== quote) continue;
      this.at = from;
      return value;
    }
    this.at = start;
    throw this.error('the string is not closed');
  }

  /** Leaves the position at the last character of the escape. */
  #escape(): string {
    this.at += 1;
    const char = this.char ?? '';
    if (char === 'u') {
      const digits = this.text.slice(this.at + 1, this.at + 5);
      if (!/^[\da-fA-F]{4}$/.test(digits)) throw this.error('\\u needs four hexadecimal digits');
      this.at += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const escaped = ESCAPES[char];
    if (escaped === undefined) throw this.error(`\\${char} is not a valid escape`);
    return escaped;
  }

  /** Skips blanks and comments. */
  skip(): void {
    for (this.skipBlanks(); this.char === '/'; this.skipBlanks()) {
      if (this.text.startsWith('//', this.at)) this.match(LINE);
      else {
        const end = this.text.startsWith('/*', this.at) ? this.text.indexOf('*/', this.at + 2) : -1;
        if (end < 0) throw this.error('a comment is not valid, or not closed');
        this.at = end + 2;
      }
    }
  }

  skipBlanks(): void {
    this.match(BLANKS);
  }

  /** Passes `char`, if it is the next one. */
  take(char: string): boolean {
    if (this.char !== char) return false;
    this.at += 1;
    return true;
  }

  expect(char: string): void {
    if (!this.take(char)) throw this.error(`${char} is expected`);
  }

  /** True if `pattern`, which is sticky, matches here. */
  test(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.text);
  }

  /** Passes what `pattern`, which is sticky, matches here. */
  match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  /** The error to throw; it tells the position. */
  error(reason: string): SyntaxError {
    const before = this.text.slice(0, this.at);
    const line = before.split('\n').length;
    return new SyntaxError(`${reason} (line ${line}, column ${this.at - before.lastIndexOf('\n')})`);
  }
}
