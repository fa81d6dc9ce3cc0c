import { HubError } from '../../../protocol/errors.ts';
import type { Scalar } from './ast.ts';

/** A token; `at` is the index of its first character. */
export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly at: number }
  /** A name in `[[…]]`: never a keyword. */
  | { readonly kind: 'quoted'; readonly text: string; readonly at: number }
  | { readonly kind: 'constant'; readonly value: Scalar; readonly text: string; readonly at: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

/** Gives the next token of a text; at the end, `end` again and again. Throws QuerySyntaxError. */
export type Tokens = () => Token;

/** A syntax error in a query or a condition. `withDiagnosis` turns it into the HubError that the caller expects. */
export class QuerySyntaxError extends Error {
  override readonly name = 'QuerySyntaxError';
  readonly at: number;

  constructor(reason: string, at: number) {
    super(reason);
    this.at = at;
  }
}

/** Runs a parser; a syntax error becomes a HubError with line, column and reason in its hint. */
export const withDiagnosis = <T>(
  text: string,
  refuse: (hint: string, error: QuerySyntaxError) => HubError,
  read: () => T,
): T => {
  try {
    return read();
  } catch (error) {
    if (error instanceof QuerySyntaxError) throw refuse(hintOf(text, error), error);
    throw error;
  }
};

/** The error for a query: details are in the hint only, as IoT Hub gives none. */
export const badQuery = (hint: string): HubError => new HubError('ArgumentInvalid', 'BadRequest', { hint });

/** How a message names a token; long tokens are cut. */
export const quote = (token: Token): string => {
  if (token.kind === 'end') return 'the end';
  const text = token.kind === 'quoted' ? `[[${token.text}]]` : token.text;
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
};

const hintOf = (text: string, { at, message }: QuerySyntaxError): string => {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return `line ${line}, column ${at - before.lastIndexOf('\n')}: ${message}`;
};
