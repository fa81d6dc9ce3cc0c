import type { Scalar } from './ast.ts';
import { QuerySyntaxError, type Token, type Tokens } from './token.ts';

/**
 * The tokens of a twin query, one per call. `-`, `+`, `/`, `%` and `@` can be part of a name (`tags.my-tag`), so operators
 * need blanks around them. Names are as in the query grammar of Microsoft's own hub mock:
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

/** Reads a string constant from its opening quote on; `end` is the index after the closing one. Throws QuerySyntaxError. */
export const readString = (text: string, at: number): { readonly value: string; readonly end: number } => {
  const mark = text[at];
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\\') {
      const found = ESCAPE.exec(text.slice(i + 1, i + 6));
      if (found === null)
        throw new QuerySyntaxError(`"\\${text.charAt(i + 1)}" is not a valid escape: \\' \\" \\\\ or \\uXXXX`, i);
      value += found[1] === undefined ? found[0] : String.fromCharCode(Number.parseInt(found[1], 16));
      i += found[0].length;
    } else if (char !== mark) value += char;
    else if (text[i + 1] === mark) {
      value += mark;
      i++;
    } else return { value, end: i + 1 };
  }
  throw new QuerySyntaxError('the string is not closed', at);
};

interface Read {
  readonly token: Token;
  readonly end: number;
}

const NAME = /\$?(?:(?!\/\*)[^\s.,'"!=<>*$#:(){}[\]`\\;&|])+/y;
const NUMBER = /-?(?:0[xX][0-9a-fA-F]+|(?:\d+\.)?\d+(?:[eE][+-]?\d+)?)/y;
const SYMBOLS = ['<>', '<=', '>=', '!=', '<', '>', '[', ']'];
/** Characters that are always tokens of their own. */
const ALONE = new Set('(),.*=');
const LONE = new Set(['+', '-', '/', '%']);
const BLANK = /\s*/y;
const ESCAPE = /^(?:['"\\]|u([0-9a-fA-F]{4}))/;

const read = (text: string, at: number, before: Token | undefined): Read => {
  const char = text.charAt(at);
  if (ALONE.has(char)) return symbol(char, at);
  if (char === "'" || char === '"') return readConstant(text, at);
  if (text.startsWith('[[', at)) return readQuoted(text, at);
  // dashes in a row are read one by one: as a name, each would be matched to the end of the row
  if (text.startsWith('--', at) && !endsOperand(before)) return symbol('-', at);
  const name = match(NAME, text, at);
  const digits = isAfterDot(before) ? '' : match(NUMBER, text, at);
  // the longer match wins: 1.5 is a number, 3+4 and 9lives are names
  const isNumber = digits !== '' && digits.length >= name.length;
  if (char === '-' && !endsOperand(before) && name !== '-' && !isNumber) return symbol('-', at);
  if (isNumber && !(char === '-' && endsOperand(before)))
    return { token: constant(numberOf(digits), digits, at), end: at + digits.length };
  if (LONE.has(name)) return symbol(name, at);
  if (name !== '') return { token: { kind: 'word', text: name, at }, end: at + name.length };
  const found = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
  if (found === undefined) throw new QuerySyntaxError(`${JSON.stringify(char)} is not expected here`, at);
  return symbol(found, at);
};

/** Skips blanks and comments. */
const skip = (text: string, from: number): number => {
  let at = from + match(BLANK, text, from).length;
  while (text.startsWith('/*', at)) {
    const end = text.indexOf('*/', at + 2);
    if (end < 0) throw new QuerySyntaxError('the comment is not closed', at);
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
  if (end < 0) throw new QuerySyntaxError('"[[" is not closed', at);
  if (end === at + 2) throw new QuerySyntaxError('"[[]]" is not a name', at);
  return { token: { kind: 'quoted', text: text.slice(at + 2, end), at }, end: end + 2 };
};

/** True if a `-` after this token is the operator, which needs blanks around it. */
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
