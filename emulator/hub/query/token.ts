import { HubError } from '../../../protocol/errors.ts';
import type { Scalar } from './ast.ts';

/** One word of a text; `at` is its first character's index. */
export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly at: number }
  /** A name in `[[…]]`, never a keyword. */
  | { readonly kind: 'quoted'; readonly text: string; readonly at: number }
  | { readonly kind: 'constant'; readonly value: Scalar; readonly text: string; readonly at: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

/** The next word of a text; its end again and again once it is reached. Throws Flaw. */
export type Tokens = () => Token;

/** A flaw in a text. Caught by the front end, which dresses it as the refusal its caller expects. */
export class Flaw extends Error {
  override readonly name = 'Flaw';
  readonly at: number;

  constructor(reason: string, at: number) {
    super(reason);
    this.at = at;
  }
}

/** Runs a front end over `text`; a flaw becomes a HubError that says line, column and reason in its hint. */
export const diagnosed = <T>(text: string, refuse: (hint: string) => HubError, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (error instanceof Flaw) throw refuse(hintOf(text, error));
    throw error;
  }
};

/** The refusal of a query: no detail in the answer, all of it in the hint. */
export const badQuery = (hint: string): HubError => new HubError('ArgumentInvalid', 'BadRequest', { hint });

/** How a token is named in a reason; long ones are cut. */
export const quote = (token: Token): string => {
  if (token.kind === 'end') return 'the end';
  const text = token.kind === 'quoted' ? `[[${token.text}]]` : token.text;
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
};

const hintOf = (text: string, flaw: Flaw): string => {
  const before = text.slice(0, flaw.at);
  const line = before.split('\n').length;
  return `line ${line}, column ${flaw.at - before.lastIndexOf('\n')}: ${flaw.message}`;
};
