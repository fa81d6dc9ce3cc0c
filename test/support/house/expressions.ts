import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from '@typescript/typescript6';

/** A regular expression of our source. */
export interface Expression {
  readonly where: string;
  readonly pattern: RegExp;
}

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** Every literal of the given folders. */
export const expressionsIn = (folders: readonly string[]): Expression[] =>
  folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.c?ts$|\.cjs$/.test(name))
      .flatMap((name) => literalsOf(join(folder, name))),
  );

const literalsOf = (file: string): Expression[] => {
  const found: Expression[] = [];
  const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest);
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const [, body = '', flags] = /^\/(.*)\/([a-z]*)$/s.exec(node.text) ?? [];
      found.push({ where: `${file}: ${node.text}`, pattern: new RegExp(body, flags) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

/**
 * Texts of about `size` characters that make an expression go back as often as it can: a text that matches, with one or two
 * of its characters repeated, and an end that does not match.
 */
export const hardTexts = ({ pattern }: Expression, size: number): string[] => {
  const starts = plainTextOf(pattern).split('|');
  const characters = [...new Set([...starts.join(''), ...PLAIN])].slice(0, MOST_CHARACTERS);
  const repeated = characters.flatMap((one) => [one.repeat(size), `${one}a`.repeat(size / 2)]);
  const pumped = starts.flatMap((text) =>
    [...text]
      .slice(0, 6)
      .flatMap((one, i) => [
        `${text.slice(0, i)}${one.repeat(size)}${text.slice(i + 1)}\0`,
        `${text.slice(0, i)}${text.slice(i, i + 2).repeat(size / 2)}\0`,
      ]),
  );
  return [...repeated.flatMap((text) => [text, `${text}\0`, `\0${text}\0`, `a${text}a`]), ...pumped];
};

const PLAIN = ' \t1aZ/-.%"';
const MOST_CHARACTERS = 8;

/** A text that is close to a match: the expression, with one character for each class and without operators. */
const plainTextOf = ({ source }: RegExp): string =>
  source
    .replace(/\\s/g, ' ')
    .replace(/\\d/g, '1')
    .replace(/\\[wS]/g, 'a')
    .replace(/\[\^[^\]]*\]/g, 'a')
    .replace(/\[([^\]])[^\]]*\]/g, '$1')
    .replace(/\{[\d,]+\}|\(\?[:=!]|[\^$()*+?]/g, '')
    .replace(/\\(.)/g, '$1');

/** Microseconds of CPU that a search takes per 1,000 characters; the least of three, as the first one compiles. */
export const costPerThousand = ({ pattern }: Expression, text: string): number => {
  const once = (): number => {
    pattern.lastIndex = 0;
    const start = process.cpuUsage();
    if (pattern.global) text.match(pattern);
    else pattern.exec(text);
    const { user, system } = process.cpuUsage(start);
    return user + system;
  };
  const first = once();
  // most are far below the bound, and need no second look
  const least = first < text.length / 50 ? first : Math.min(first, once(), once());
  return (least * 1000) / text.length;
};
