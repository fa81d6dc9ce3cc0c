import { type Json, type JsonObject, put } from '../../protocol/json.ts';
import { JsonCursor } from './json-cursor.ts';

/**
 * Reads JSON as leniently as Json.NET, with which the service reads it: strings and names in either kind of quotes, names
 * without quotes, comments, commas before a closing bracket, missing values (null), NUL characters as blanks, octal and
 * hexadecimal numbers, NaN and Infinity. Constructors such as `new Date(0)` are not read. Throws SyntaxError with line and
 * column. https://github.com/JamesNK/Newtonsoft.Json, Src/Newtonsoft.Json/JsonTextReader.cs
 */
export const parseTolerantly = (text: string): Json => new TolerantReader(text).whole();

/** The value itself in a text that is known to be JSON, without blanks and comments around it. */
export const trimJson = (text: string): string => new TolerantReader(text).core();

/** The text of the member `name`, of several the last one, in a text that is known to be a JSON object. */
export const memberIn = (text: string, name: string): string | undefined => new TolerantReader(text).member(name);

/** Recursion is safe up to here. */
const DEEPEST = 500;

const NAME = /[\p{L}\p{Nd}_$]+/uy;
const WORD = /-?Infinity|NaN|true|false|null|undefined/y;
const NUMBER = /[-.\d][-+.\da-fA-FxX]*/y;
const DECIMAL = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const SCALAR = /[^\s\u0000\u0085,}\]/]+/y;
const UP_TO_BRACKET = /[^"'{}[\]/]*/y;
const ENDS_SCALAR = /$|[\s\u0000\u0085,}\]]|\/[/*]/y;

const WORDS: Readonly<Record<string, Json>> = {
  true: true,
  false: false,
  null: null,
  undefined: null,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

class TolerantReader {
  readonly #cursor: JsonCursor;
  #depth = 0;

  constructor(text: string) {
    this.#cursor = new JsonCursor(text);
  }

  whole(): Json {
    this.#cursor.skip();
    if (this.#cursor.at === this.#cursor.text.length) throw this.#cursor.error('there is no value');
    const value = this.#value();
    this.#cursor.skip();
    if (this.#cursor.at < this.#cursor.text.length) throw this.#cursor.error('there is text behind the value');
    return value;
  }

  core(): string {
    this.#cursor.skip();
    return this.#passed();
  }

  member(name: string): string | undefined {
    let found: string | undefined;
    this.#cursor.skip();
    this.#cursor.expect('{');
    for (this.#cursor.skip(); !this.#cursor.take('}'); this.#cursor.skip()) {
      const isIt = this.#name() === name;
      this.#cursor.skip();
      const text = this.#passed();
      if (isIt) found = text;
      this.#cursor.skip();
      this.#cursor.take(',');
    }
    return found;
  }

  #value(): Json {
    this.#cursor.skip();
    switch (this.#cursor.char) {
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#array());
      case '"':
      case "'":
        return this.#cursor.string();
      case ',':
        return null; // the comma is left for the container
      default:
        return this.#scalar();
    }
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw this.#cursor.error(`values are nested more than ${DEEPEST} levels deep`);
    this.#cursor.at += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #object(): JsonObject {
    const object: JsonObject = {};
    for (this.#cursor.skip(); !this.#cursor.take('}'); this.#cursor.skip()) {
      const name = this.#name();
      put(object, name, this.#value());
      this.#cursor.skip();
      if (this.#cursor.char !== '}') this.#cursor.expect(',');
    }
    return object;
  }

  #array(): Json {
    const items: Json[] = [];
    for (this.#cursor.skip(); !this.#cursor.take(']'); this.#cursor.skip()) {
      items.push(this.#value());
      this.#cursor.skip();
      if (this.#cursor.char !== ']') this.#cursor.expect(',');
    }
    return items;
  }

  /** A name with its colon. No comment may stand between them. */
  #name(): string {
    const char = this.#cursor.char;
    const name = char === '"' || char === "'" ? this.#cursor.string() : this.#cursor.match(NAME);
    if (name === '' && char !== '"' && char !== "'") throw this.#cursor.error('a name is expected');
    this.#cursor.skipBlanks();
    this.#cursor.expect(':');
    return name;
  }

  #scalar(): Json {
    const start = this.#cursor.at;
    const word = this.#cursor.match(WORD);
    const value = word === '' ? numberOf(this.#cursor.match(NUMBER)) : WORDS[word];
    if (value !== undefined && this.#cursor.test(ENDS_SCALAR)) return value;
    this.#cursor.at = start;
    throw this.#cursor.error('a value is expected');
  }

  /** The text of the value at the position, which is known to be valid. */
  #passed(): string {
    const start = this.#cursor.at;
    const char = this.#cursor.text[start];
    if (char === '"' || char === "'") this.#cursor.string();
    else if (char === '{' || char === '[') this.#passBrackets();
    else this.#cursor.match(SCALAR);
    return this.#cursor.text.slice(start, this.#cursor.at) || 'null';
  }

  #passBrackets(): void {
    let open = 0;
    do {
      this.#cursor.match(UP_TO_BRACKET);
      const char = this.#cursor.char;
      if (char === '"' || char === "'") this.#cursor.string();
      else if (char === '/') this.#cursor.skip();
      else {
        open += char === '{' || char === '[' ? 1 : -1;
        this.#cursor.at += 1;
      }
    } while (open > 0 && this.#cursor.at < this.#cursor.text.length);
  }
}

/** Undefined if it is not a number. A leading zero means octal, `0x` hexadecimal, both of at most 64 bits. */
const numberOf = (literal: string): number | undefined => {
  if (/^0[^.eE]/.test(literal)) {
    const digits = /^0x/i.test(literal) ? literal : `0o${literal}`;
    if (!/^(?:0x[\da-f]{1,16}|0o[0-7]{1,22})$/i.test(digits)) return undefined;
    return Number(BigInt.asIntN(64, BigInt(digits)));
  }
  return DECIMAL.test(literal) ? Number(literal) : undefined;
};
