import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { contract } from '../../compat/contract.ts';
import type { Sightings } from './sightings.ts';

const DOCUMENT = fileURLToPath(new URL('../../../docs/sdks.md', import.meta.url));
const START = '<!-- seen -->';
const END = '<!-- /seen -->';

/** In the order of the columns. */
const SDKS = ['Node', 'Python', 'Java', 'az', 'Explorer'] as const;
export type Sdk = (typeof SDKS)[number];

/** Compares the column of `sdk` in docs/sdks.md with a run, or writes it if WRITE_TABLE is set. */
export const expectColumn = (sdk: Sdk, seen: Sightings): void => {
  const text = readFileSync(DOCUMENT, 'utf8');
  const table = readTable(text);
  if (process.env.WRITE_TABLE) {
    writeFileSync(DOCUMENT, withTable(text, new Map([...table, [sdk, seen]])));
    return;
  }
  expect(table.get(sdk) ?? {}, 'WRITE_TABLE=1 npm run test:foreign updates docs/sdks.md').toEqual(seen);
};

type Table = ReadonlyMap<Sdk, Sightings>;

const readTable = (text: string): Table => {
  const [, , ...rows] = text
    .slice(text.indexOf(START) + START.length, text.indexOf(END))
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(
    SDKS.map((sdk, column) => [
      sdk,
      Object.fromEntries(
        rows
          .map(([, operation = '', ...cells]) => [unquoted(operation), cells[column] ?? ''] as const)
          .filter(([, cell]) => cell !== '')
          .map(([operation, cell]) => [operation, cell.split(', ')]),
      ),
    ]),
  );
};

const withTable = (text: string, table: Table): string => {
  const operations = [...new Set([...table.values()].flatMap((seen) => Object.keys(seen)))].sort(byContract);
  const rows = operations.map((operation) => [
    `\`${operation}\``,
    ...SDKS.map((sdk) => (table.get(sdk)?.[operation] ?? []).join(', ')),
  ]);
  const lines = [['operation', ...SDKS], ['---', ...SDKS.map(() => '---')], ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
  return `${text.slice(0, text.indexOf(START) + START.length)}\n\n${lines.join('\n')}\n\n${text.slice(text.indexOf(END))}`;
};

const unquoted = (cell: string): string => cell.replaceAll('`', '');

/** Like docs/coverage.md; operations that are in no document come last. */
const byContract = (a: string, b: string): number => place(a) - place(b) || (a < b ? -1 : 1);

const KNOWN = [...contract.operations, ...contract.topics].map(({ operation }) => operation);

const place = (operation: string): number => {
  const found = KNOWN.indexOf(operation);
  return found < 0 ? KNOWN.length : found;
};
