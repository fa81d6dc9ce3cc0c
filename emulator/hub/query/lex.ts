import type { Scalar } from './ast.ts';
import { Flaw, type Token, type Tokens } from './token.ts';

/**
 * The words of a twin query, one at each call. `-`, `+`, `/`, `%`, `@` belong to names (`tags.my-tag`), so as operators they stand alone.
 * Names as in the query grammar of Microsoft's own hub mock:
 * https://github.com/Azure/Industrial-IoT, Microsoft.Azure.IIoT.Hub.Mock/src/SqlParser/SqlSelect.g4
 */
export const lex = (text: string): Tokens => {
  let at = 0;
  let before: Token | undefined;
  return () => {
    at = skip(text, at);
    if (at >= text.length) return { kind: 'end', text: '', at: text.length };
    const { token, end } = read(text, at, before);
    before = token;
    at = end;
    return token;
  };
};

/** A string constant from its opening quote on; `end` is the index after the closing one. Throws Flaw. */
export const readString = (text: string, at: number): { readonly value: string; readonly end: number } => {
  const mark = text[at];
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\\') {
      const found = ESCAPE.exec(text.slice(i + 1, i + 6));
      if (found === null) throw new Flaw(`"\\${text.charAt(i + 1)}" is no escape: \\' \\" \\\\ or \\uXXXX`, i);
      value += found[1] === undefined ? found[0] : String.fromCharCode(Number.parseInt(found[1], 16));
      i += found[0].length;
    } else if (char !== mark) value += char;
    else if (text[i + 1] === mark) {
      value += mark;
      i++;
    } else return { value, end: i + 1 };
  }
  throw new Flaw('the string is not closed', at);
};

interface Read {
  readonly token: Token;
  readonly end: number;
}

const NOT_IN_NAMES = '\\s.,\'"!=<>*$#:(){}\\[\\]`\\\\;&|';
const NAME = new RegExp(`\\$?(?:(?!/\\*)[^${NOT_IN_NAMES}])+`, 'y');
const NUMBER = /-?(?:0[xX][0-9a-fA-F]+|(?:\d+\.)?\d+(?:[eE][+-]?\d+)?)/y;
const SYMBOLS = ['<>', '<=', '>=', '!=', '<', '>', '[', ']'];
/** Characters that are a word wherever they stand. */
const ALONE = new Set('(),.*=');
const LONE = new Set(['+', '-', '/', '%']);
const BLANK = /\s*/y;
const ESCAPE = /^(?:['"\\]|u([0-9a-fA-F]{4}))/;

const read = (text: string, at: number, before: Token | undefined): Read => {
  const char = text.charAt(at);
  if (ALONE.has(char)) return symbol(char, at);
  if (char === "'" || char === '"') return readConstant(text, at);
  if (text.startsWith('[[', at)) return readQuoted(text, at);
  // a row of them is read one by one: as a name it would be looked at to its end each time
  if (text.startsWith('--', at) && !endsOperand(before)) return symbol('-', at);
  const name = match(NAME, text, at);
  const digits = isAfterDot(before) ? '' : match(NUMBER, text, at);
  // the longer one wins: 1.5 is no name, 3+4 and 9lives are no numbers
  const isNumber = digits !== '' && digits.length >= name.length;
  if (char === '-' && !endsOperand(before) && name !== '-' && !isNumber) return symbol('-', at);
  if (isNumber && !(char === '-' && endsOperand(before)))
    return { token: constant(numberOf(digits), digits, at), end: at + digits.length };
  if (LONE.has(name)) return symbol(name, at);
  if (name !== '') return { token: { kind: 'word', text: name, at }, end: at + name.length };
  const found = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
  if (found === undefined) throw new Flaw(`${JSON.stringify(char)} has no meaning here`, at);
  return symbol(found, at);
};

/** Blanks and comments. */
const skip = (text: string, from: number): number => {
  let at = from + match(BLANK, text, from).length;
  while (text.startsWith('/*', at)) {
    const end = text.indexOf('*/', at + 2);
    if (end < 0) throw new Flaw('the comment is not closed', at);
    at = end + 2;
    at += match(BLANK, text, at).length;
  }
  return at;
};

const readConstant = (text: string, at: number): Read => {
  const { value, end } = readString(text, at);
  return { token: constant(value, text.slice(at, end), at), end };
};

const readQuoted = (text: string, at: number): Read => {
  const end = text.indexOf(']]', at + 2);
  if (end < 0) throw new Flaw('"[[" is not closed', at);
  if (end === at + 2) throw new Flaw('"[[]]" names nothing', at);
  return { token: { kind: 'quoted', text: text.slice(at + 2, end), at }, end: end + 2 };
};

/** True where a `-` that follows would be the operator, which needs blanks around it. */
const endsOperand = (token: Token | undefined): boolean =>
  token !== undefined &&
  (token.kind === 'constant' ||
    token.kind === 'quoted' ||
    (token.kind === 'word' && !OPERATOR_WORDS.has(token.text.toLowerCase())) ||
    (token.kind === 'symbol' && (token.text === ')' || token.text === ']' || token.text === '.')));

const isAfterDot = (token: Token | undefined): boolean => token?.kind === 'symbol' && token.text === '.';

const OPERATOR_WORDS = new Set(['and', 'or', 'not', 'in', 'nin', 'where', 'select', 'top', 'by']);

const numberOf = (digits: string): number => (digits.startsWith('-') ? -Number(digits.slice(1)) : Number(digits));

const constant = (value: Scalar, text: string, at: number): Token => ({ kind: 'constant', value, text, at });

const symbol = (text: string, at: number): Read => ({ token: { kind: 'symbol', text, at }, end: at + text.length });

const match = (pattern: RegExp, text: string, at: number): string => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
};
