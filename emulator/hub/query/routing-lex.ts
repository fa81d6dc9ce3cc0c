import { QuerySyntaxError, type Token, type Tokens } from './token.ts';

/**
 * The tokens of a routing condition, one per call. The longest match wins, so operators need blanks: `3+4` and `a!` are
 * names.
 * https://github.com/Azure/iotedge, edge-hub/core/src/Microsoft.Azure.Devices.Routing.Core/query
 */
export const lexRoute = (text: string): Tokens => {
  let at = 0;
  return () => {
    at = skip(text, at);
    if (at >= text.length) return { kind: 'end', text: '', at: text.length };
    const token = read(text, at);
    at += token.text.length;
    return token;
  };
};

const NAME = /[^()<>@,;:\\"/[\]?={}\s]+/y;
const SYSTEM_NAME = /\$[^()<>@,;:\\"/?={}\s]+/y;
const NUMBER = /^-?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const SYMBOLS = ['<>', '<=', '>=', '!=', '||', '??', '=', '<', '>', '(', ')', ',', '{', '}', '/', '*', '%', '+', '-'];
const STRING = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y;

const read = (text: string, at: number): Token => {
  const char = text.charAt(at);
  if (char === '"' || char === "'") {
    const string = match(STRING, text, at);
    if (string === '') throw new QuerySyntaxError('the string is not closed', at);
    return { kind: 'constant', value: unescaped(string.slice(1, -1)), text: string, at };
  }
  const word = match(char === '$' ? SYSTEM_NAME : NAME, text, at);
  if (NUMBER.test(word)) return { kind: 'constant', value: numberOf(word), text: word, at };
  const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
  if (symbol !== undefined && symbol.length >= word.length) return { kind: 'symbol', text: symbol, at };
  if (word !== '') return { kind: 'word', text: word, at };
  throw new QuerySyntaxError(`${JSON.stringify(char)} is not expected here`, at);
};

const skip = (text: string, from: number): number => {
  let at = from + match(/\s*/y, text, from).length;
  while (text.startsWith('/*', at)) {
    const end = text.indexOf('*/', at + 2);
    if (end < 0) throw new QuerySyntaxError('the comment is not closed', at);
    at = end + 2;
    at += match(/\s*/y, text, at).length;
  }
  return at;
};

const numberOf = (word: string): number => (word.startsWith('-') ? -Number(word.slice(1)) : Number(word));

/** Replaces escapes; unknown ones stay as they are. */
const unescaped = (text: string): string =>
  text.replace(/\\(?:[uU]([0-9A-Fa-f]{4})|(["'\\]))/g, (_, code?: string, char?: string) =>
    code === undefined ? (char ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
  );

const match = (pattern: RegExp, text: string, at: number): string => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
};
