/**
 * Where a text stops being JSON: the position of the first character that cannot stand there, the length of the text if it
 * ends too early. Undefined if the text is JSON. `JSON.parse` tells it for long texts only, and not in every browser.
 */
export const jsonErrorAt = (text: string): number | undefined => {
  const scan = new Scan(text);
  scan.value();
  scan.skip(BLANK);
  return scan.failedAt ?? (scan.at < text.length ? scan.at : undefined);
};

const BLANK = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const MOST_DEPTH = 500;

class Scan {
  readonly #text: string;
  at = 0;
  failedAt: number | undefined;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): boolean {
    this.skip(BLANK);
    if (this.#text[this.at] === '{') return this.#list('}', () => this.#member());
    if (this.#text[this.at] === '[') return this.#list(']', () => this.value());
    return this.skip(STRING) || this.skip(SCALAR) || this.#fail();
  }

  skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.at += found.length;
    return found !== '';
  }

  #member(): boolean {
    this.skip(BLANK);
    return (this.skip(STRING) || this.#fail()) && this.#next(':') && this.value();
  }

  /** Items with commas between them, up to `end`. */
  #list(end: string, item: () => boolean): boolean {
    this.#depth += 1;
    if (this.#depth > MOST_DEPTH) return this.#fail();
    this.at += 1;
    this.skip(BLANK);
    if (this.#text[this.at] !== end)
      do {
        if (!item()) return false;
        this.skip(BLANK);
      } while (this.#text[this.at] === ',' && this.#next(','));
    this.#depth -= 1;
    return this.#next(end);
  }

  #next(character: string): boolean {
    this.skip(BLANK);
    if (this.#text[this.at] !== character) return this.#fail();
    this.at += 1;
    return true;
  }

  #fail(): false {
    this.failedAt ??= this.at;
    return false;
  }
}
