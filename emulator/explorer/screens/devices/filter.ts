import type { DeviceRow } from '../../api/types.ts';
import { stateText } from '../overview/data.ts';

/** What the list is narrowed to; each part is a part of the address. */
export interface Filter {
  /** Part of an id, or a condition such as `tags.floor = 3`. */
  readonly text: string;
  readonly connected: '' | 'yes' | 'no';
  readonly status: '' | 'enabled' | 'disabled';
  readonly edge: '' | 'yes';
  readonly drift: '' | 'yes';
  readonly refused: '' | 'yes';
  readonly model: string;
}

export const readFilter = (query: ReadonlyMap<string, string>): Filter => ({
  text: query.get('q') ?? '',
  connected: oneOf(query.get('connected'), ['yes', 'no']),
  status: oneOf(query.get('status'), ['enabled', 'disabled']),
  edge: oneOf(query.get('edge'), ['yes']),
  drift: oneOf(query.get('drift'), ['yes']),
  refused: oneOf(query.get('refused'), ['yes']),
  model: query.get('model') ?? '',
});

const oneOf = <T extends string>(text: string | undefined, allowed: readonly T[]): T | '' =>
  allowed.find((value) => value === text) ?? '';

/** True for a text that only the hub can evaluate. */
export const isCondition = (text: string): boolean => /[=<>]|\bIN\b|\bNIN\b|^\s*(?:NOT\b|\w+\()/i.test(text);

/** The rows that pass; `ids`: what the hub found for a condition. */
export const filterRows = (
  rows: readonly DeviceRow[],
  filter: Filter,
  ids: ReadonlySet<string> | undefined,
): readonly DeviceRow[] => {
  const tests = testsOf(filter, ids);
  return tests.length === 0 ? rows : rows.filter((row) => tests.every((test) => test(row)));
};

type Test = (row: DeviceRow) => boolean;

const testsOf = (filter: Filter, ids: ReadonlySet<string> | undefined): readonly Test[] => {
  const tests: Test[] = [];
  const text = filter.text.trim().toLowerCase();
  if (isCondition(text)) tests.push(({ id }) => ids?.has(id) ?? false);
  else if (text !== '') tests.push(({ id }) => id.toLowerCase().includes(text));
  if (filter.connected !== '') tests.push(({ connected }) => connected === (filter.connected === 'yes'));
  if (filter.status !== '') tests.push(({ status }) => status === filter.status);
  if (filter.edge !== '') tests.push(({ edge }) => edge);
  if (filter.drift !== '') tests.push(({ drift }) => drift.different > 0);
  if (filter.refused !== '') tests.push(({ refused, connected }) => refused !== undefined && !connected);
  if (filter.model !== '') tests.push(({ modelId }) => modelId === filter.model);
  return tests;
};

/** Columns by which the list can be sorted. */
export type SortKey = 'id' | 'state' | 'authentication' | 'drift' | 'message' | 'report';

export interface Sorting {
  readonly key: SortKey;
  readonly isDescending: boolean;
}

/** As in the address: `report` or `-report`. */
export const readSorting = (text: string | undefined): Sorting => {
  const name = text?.replace(/^-/, '');
  const key = SORT_KEYS.find((known) => known === name) ?? 'id';
  return { key, isDescending: text?.startsWith('-') ?? false };
};

const SORT_KEYS: readonly SortKey[] = ['id', 'state', 'authentication', 'drift', 'message', 'report'];

/** A click on a column sorts by it, or turns the order around. */
export const nextSorting = ({ key, isDescending }: Sorting, clicked: SortKey): string =>
  key === clicked && !isDescending ? `-${clicked}` : clicked;

export const sortRows = (rows: readonly DeviceRow[], { key, isDescending }: Sorting): readonly DeviceRow[] => {
  const sign = isDescending ? -1 : 1;
  const valued = rows.map((row) => ({ row, value: VALUES[key](row) }));
  valued.sort((a, b) => sign * compare(a.value, b.value) || compare(a.row.id, b.row.id));
  return valued.map(({ row }) => row);
};

const VALUES: Readonly<Record<SortKey, (row: DeviceRow) => string | number>> = {
  id: ({ id }) => id,
  state: stateText,
  authentication: ({ authentication }) => authentication,
  drift: ({ drift }) => drift.different,
  message: ({ lastMessage }) => lastMessage?.at ?? '',
  report: ({ lastReport }) => lastReport ?? '',
};

/** Numbers inside ids count as numbers: d2 stands before d10. */
const collator = new Intl.Collator('en', { numeric: true });

const compare = (a: string | number, b: string | number): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
