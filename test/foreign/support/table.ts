import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { contract } from '../../compat/contract.ts';
import { TRANSPORTS } from './flows.ts';
import type { Sightings } from './sightings.ts';

const DOCUMENT = fileURLToPath(new URL('../../../docs/sdks.md', import.meta.url));

/** A table of docs/sdks.md, with a column for each SDK. */
interface TableForm {
  /** In the comments around it. */
  readonly mark: string;
  /** The head of its first column. */
  readonly rows: string;
  /** In the order of the columns. */
  readonly sdks: readonly Sdk[];
  /** Where a row stands. */
  readonly place: (row: string) => number;
}

export type Sdk = 'Node' | 'Python' | 'Java' | 'az' | 'Explorer';

type Rows = (row: string) => boolean;

/** Compares some rows of the column of `sdk` with a run, or writes them if WRITE_TABLE is set. */
const expectIn = (form: TableForm, sdk: Sdk, seen: Sightings, rows: Rows = () => true): void => {
  const text = readFileSync(DOCUMENT, 'utf8');
  const table = readTable(form, text);
  const column = table.get(sdk) ?? {};
  if (process.env.WRITE_TABLE) {
    const others = only(column, (row) => !rows(row));
    writeFileSync(DOCUMENT, withTable(form, text, new Map([...table, [sdk, { ...others, ...only(seen, rows) }]])));
    return;
  }
  const about = 'WRITE_TABLE=1 npm run test:foreign updates docs/sdks.md';
  expect(only(column, rows), about).toEqual(only(seen, rows));
};

const only = (seen: Sightings, rows: Rows): Sightings =>
  Object.fromEntries(Object.entries(seen).filter(([row]) => rows(row)));

/** Operations of AMQP, and messages of devices over HTTPS. */
export const isOfMessages: Rows = (row) =>
  /^(?:ATTACH|SEND) |^DELIVER \w+$|^\w+ \/devices\/[^/]+\/messages\//.test(row);
export const isNotOfMessages: Rows = (row) => !isOfMessages(row);

/** The answers to each operation. If tests of several files use an SDK, each file names its rows. */
export const expectColumn = (sdk: Sdk, seen: Sightings, rows?: Rows): void => expectIn(OPERATIONS, sdk, seen, rows);

/** What happened on each transport. */
export const expectFlows = (sdk: Sdk, seen: Sightings): void => expectIn(FLOWS, sdk, seen);

type Table = ReadonlyMap<Sdk, Sightings>;

/** Up to the table, its lines, and from its end on. */
const partsOf = (text: string, { mark }: TableForm): readonly [string, string, string] => {
  const start = text.indexOf(`<!-- ${mark} -->`) + `<!-- ${mark} -->`.length;
  const end = text.indexOf(`<!-- /${mark} -->`);
  return [text.slice(0, start), text.slice(start, end), text.slice(end)];
};

const readTable = (form: TableForm, text: string): Table => {
  const [, , ...rows] = partsOf(text, form)[1]
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(
    form.sdks.map((sdk, column) => [
      sdk,
      Object.fromEntries(
        rows
          .map(([, row = '', ...cells]) => [unquoted(row), cells[column] ?? ''] as const)
          .filter(([, cell]) => cell !== '')
          .map(([row, cell]) => [row, cell.split(', ')]),
      ),
    ]),
  );
};

const withTable = (form: TableForm, text: string, table: Table): string => {
  const { sdks, place } = form;
  const names = [...new Set([...table.values()].flatMap((seen) => Object.keys(seen)))].sort(
    (a, b) => place(a) - place(b) || (a < b ? -1 : 1),
  );
  const rows = names.map((name) => [`\`${name}\``, ...sdks.map((sdk) => (table.get(sdk)?.[name] ?? []).join(', '))]);
  const lines = [[form.rows, ...sdks], ['---', ...sdks.map(() => '---')], ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
  const [before, , after] = partsOf(text, form);
  return `${before}\n\n${lines.join('\n')}\n\n${after}`;
};

const unquoted = (cell: string): string => cell.replaceAll('`', '');

/** Those that are not known come last. */
const orderOf =
  (known: readonly string[]) =>
  (row: string): number => {
    const found = known.indexOf(row);
    return found < 0 ? known.length : found;
  };

const OPERATIONS: TableForm = {
  mark: 'seen',
  rows: 'operation',
  sdks: ['Node', 'Python', 'Java', 'az', 'Explorer'],
  // like docs/coverage.md
  place: orderOf([...contract.operations, ...contract.topics].map(({ operation }) => operation)),
};

const FLOWS: TableForm = {
  mark: 'flows',
  rows: 'transport',
  sdks: ['Node', 'Python', 'Java'],
  place: orderOf(TRANSPORTS),
};
