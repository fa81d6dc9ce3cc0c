// biome-ignore-all lint/a11y/useSemanticElements: a heading of a grid, which table elements do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the button inside takes the focus
import { Cell } from '../../parts/virtual-list.tsx';
import { useApp } from '../../state/app.ts';
import type { DeviceList } from './data.ts';
import { nextSorting, type SortKey } from './filter.ts';

const HEADS: readonly (readonly [key: SortKey, title: string])[] = [
  ['id', 'device'],
  ['state', 'state'],
  ['authentication', 'authentication'],
  ['drift', 'drift'],
  ['message', 'last message'],
  ['report', 'last report'],
];

export const Heads = ({ list }: { list: DeviceList }) => (
  <>
    <Cell head>
      <SelectAll list={list} />
    </Cell>
    {HEADS.map(([key, title]) => (
      <SortHead key={key} list={list} sortKey={key} title={title} />
    ))}
    <Cell head class="activity">
      last activity
    </Cell>
  </>
);

const SelectAll = ({ list: { shown, selected } }: { list: DeviceList }) => {
  const isAll = shown.value.length > 0 && shown.value.every(({ id }) => selected.value.has(id));
  return (
    <input
      type="checkbox"
      aria-label="Select all that are shown"
      checked={isAll}
      onChange={() => {
        selected.value = isAll ? new Set() : new Set(shown.value.map(({ id }) => id));
      }}
    />
  );
};

interface SortHeadProps {
  readonly list: DeviceList;
  readonly sortKey: SortKey;
  readonly title: string;
}

const SortHead = ({ list, sortKey, title }: SortHeadProps) => {
  const { navigation } = useApp();
  const { key, isDescending } = list.sorting.value;
  const order = key === sortKey ? (isDescending ? 'descending' : 'ascending') : 'none';
  return (
    <div role="columnheader" aria-sort={order} class={sortKey}>
      <button
        type="button"
        class="sort"
        onClick={() => navigation.setQuery({ sort: nextSorting(list.sorting.value, sortKey) })}
      >
        {title}
        <span aria-hidden="true">{order === 'none' ? '' : isDescending ? ' ↓' : ' ↑'}</span>
      </button>
    </div>
  );
};
