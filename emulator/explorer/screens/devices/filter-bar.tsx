import { useComputed } from '@preact/signals';
import { FilterPill } from '../../parts/card.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { useApp } from '../../state/app.ts';
import { shorten, visible } from '../../text/visible.ts';
import type { DeviceList } from './data.ts';
import type { Filter } from './filter.ts';

/** Filters that are on or off: the part of the address, its value, the title. */
const PILLS: readonly (readonly [name: keyof Filter, value: string, title: string])[] = [
  ['connected', 'yes', 'connected'],
  ['connected', 'no', 'offline'],
  ['status', 'disabled', 'disabled'],
  ['refused', 'yes', 'refused'],
  ['drift', 'yes', 'drifting'],
  ['edge', 'yes', 'IoT Edge'],
];

const MOST_MODELS = 4;

export const FilterBar = ({ list }: { list: DeviceList }) => {
  const { navigation, fleet } = useApp();
  const models = useComputed(() => [...new Set(fleet.rows.value.flatMap(({ modelId }) => modelId ?? []))]);
  const filter = list.filter.value;
  const pill = (name: keyof Filter, value: string, title: string) => {
    const isOn = filter[name] === value;
    return (
      <FilterPill
        key={name + value}
        on={isOn}
        run={() => navigation.setQuery({ [name]: isOn ? undefined : value }, 'push')}
      >
        {title}
      </FilterPill>
    );
  };
  return (
    <div class="tools">
      <SearchBox
        label="Filter devices by id, or by a condition on their twins"
        placeholder="part of an id, or tags.location.plant = 'Redmond43'"
        value={filter.text}
        change={(q) => navigation.setQuery({ q })}
      />
      {PILLS.map(([name, value, title]) => pill(name, value, title))}
      {models.value.slice(0, MOST_MODELS).map((model) => pill('model', model, visible(shorten(model, 60))))}
    </div>
  );
};
