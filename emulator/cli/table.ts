import { readable } from '../log.ts';

const LONGEST = 60;

/** Rows as a table for people: a column for each member that a row has, in the order of their first appearance; a word if there are none. */
export const asTable = (rows: readonly Readonly<Record<string, unknown>>[]): string => {
  if (rows.length === 0) return 'None.\n';
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [names, ...rows.map((row) => names.map((name) => cell(row[name])))];
  const widths = names.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    `${texts
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd()}\n`;
  const [head = [], ...body] = cells;
  return [head, widths.map((width) => '-'.repeat(width)), ...body].map(line).join('');
};

const cell = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  const text = readable(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
};
