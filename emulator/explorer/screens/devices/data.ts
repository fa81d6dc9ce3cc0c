import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { messageOf } from '../../api/client.ts';
import type { DeviceRow } from '../../api/types.ts';
import type { App } from '../../state/app.ts';
import { type Filter, filterRows, isCondition, readFilter, readSorting, type Sorting, sortRows } from './filter.ts';

/** The list of devices as the address describes it. */
export interface DeviceList {
  readonly filter: ReadonlySignal<Filter>;
  readonly sorting: ReadonlySignal<Sorting>;
  readonly shown: ReadonlySignal<readonly DeviceRow[]>;
  /** What is wrong with the condition in the filter. */
  readonly problem: ReadonlySignal<string | undefined>;
  readonly selected: Signal<ReadonlySet<string>>;
  close(): void;
}

interface Parts {
  readonly app: Pick<App, 'navigation' | 'client'>;
  readonly rows: ReadonlySignal<readonly DeviceRow[]>;
}

/** How long a condition must stand still before the hub is asked, ms. */
const STILL_MS = 200;

export const createDeviceList = ({ app, rows }: Parts): DeviceList => {
  const { navigation, client } = app;
  const filter = computed(() => readFilter(navigation.location.value.query));
  const sorting = computed(() => readSorting(navigation.location.value.query.get('sort')));
  const condition = computed(() => (isCondition(filter.value.text) ? filter.value.text : undefined));
  const ids = signal<ReadonlySet<string> | undefined>(undefined);
  const problem = signal<string | undefined>(undefined);
  const evaluate = async (text: string): Promise<void> => {
    try {
      const body = { kind: 'targetCondition', text };
      const { ids: found } = await client.send<{ ids: readonly string[] }>('/evaluate', { method: 'POST', body });
      if (condition.peek() !== text) return;
      ids.value = new Set(found);
      problem.value = undefined;
    } catch (error) {
      if (condition.peek() === text) problem.value = messageOf(error);
    }
  };
  const stop = effect(() => {
    const text = condition.value;
    rows.value; // twins may fit now that did not before
    if (text === undefined) {
      problem.value = undefined;
      return;
    }
    const timer = setTimeout(() => void evaluate(text), STILL_MS);
    return () => clearTimeout(timer);
  });
  const shown = computed(() => sortRows(filterRows(rows.value, filter.value, ids.value), sorting.value));
  return { filter, sorting, shown, problem, selected: signal<ReadonlySet<string>>(new Set()), close: stop };
};

/** `d1..d30` means d1, d2, … d30; anything else is one id. Throws a RangeError for more than 10,000. */
export const expandIds = (text: string): readonly string[] => {
  const [first = '', last = '', ...more] = text.trim().split('..');
  const [from = '', to = ''] = [first, last].map((end) => /(?<!\d)\d+$/.exec(end)?.[0] ?? '');
  const [prefix, samePrefix] = [first.slice(0, -from.length), last.slice(0, -to.length)];
  if (from === '' || to === '' || more.length > 0 || (samePrefix !== '' && samePrefix !== prefix)) return [text.trim()];
  const count = Number(to) - Number(from) + 1;
  if (count < 1 || count > 10_000)
    throw new RangeError(`${text} are ${count} devices; 1 to 10,000 can be created at once.`);
  const width = from.startsWith('0') ? from.length : 0;
  return Array.from({ length: count }, (_, i) => prefix + String(Number(from) + i).padStart(width, '0'));
};
