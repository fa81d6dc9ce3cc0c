import { readable } from '../log.ts';

const LONGEST = 60;

/**
 * Rows as a table for people: a column for each member that a row has, first those of `order`, then by their first appearance; a word if
 * there are no rows.
 */
export const asTable = (rows: readonly Readonly<Record<string, unknown>>[], order: readonly string[] = []): string => {
  if (rows.length === 0) return 'None.\n';
  const present = new Set(rows.flatMap((row) => Object.keys(row)));
  const names = [...new Set([...order.filter((name) => present.has(name)), ...present])];
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
