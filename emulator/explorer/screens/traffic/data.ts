import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { parseSearch } from '../../../../protocol/search.ts';
import { fits } from '../../../../protocol/traffic-search.ts';
import type { TrafficEntry } from '../../api/types.ts';
import type { App } from '../../state/app.ts';
import { createLiveList, type LiveList } from '../../state/live-list.ts';

/** As many as the hub keeps. */
export const MOST_TRAFFIC = 5000;

export interface Traffic {
  readonly all: ReadonlySignal<readonly TrafficEntry[]>;
  readonly error: ReadonlySignal<unknown>;
  /** How many entries came too fast for the page since it has loaded them. */
  readonly leftOut: ReadonlySignal<number>;
  /** Loads what the hub keeps again. */
  readonly load: () => Promise<void>;
  close(): void;
}

/** What the hub kept, then what happens while the page is open; oldest first. */
export const followTraffic = ({ client, stream }: Pick<App, 'client' | 'stream'>): Traffic => {
  const all = signal<readonly TrafficEntry[]>([]);
  const error = signal<unknown>(undefined);
  const leftOut = signal(0);
  const add = (entries: readonly TrafficEntry[]): void => {
    const last = all.value.at(-1)?.id ?? 0;
    const next = all.value.concat(entries.filter(({ id }) => id > last));
    all.value = next.length > MOST_TRAFFIC * 1.5 ? next.slice(-MOST_TRAFFIC) : next;
  };
  const load = async (): Promise<void> => {
    const before = leftOut.value;
    try {
      const loaded = await client.get<readonly TrafficEntry[]>(`/traffic?limit=${MOST_TRAFFIC}`);
      const last = loaded.at(-1)?.id ?? 0;
      leftOut.value -= before;
      all.value = [...loaded, ...all.value.filter(({ id }) => id > last)];
    } catch (caught) {
      error.value = caught;
    }
  };
  void load();
  const stops = [
    stream.listen(({ traffic, leftOut: missed }) => {
      if (traffic.length > 0) add(traffic);
      for (const { type, count } of missed) if (type === 'traffic') leftOut.value += count;
    }),
    // to load thousands of entries each second would be more work than to send them
    stream.whenMissed((types) => {
      if (types === undefined) void load();
    }),
  ];
  return {
    all,
    error,
    leftOut,
    load,
    close: () => {
      for (const stop of stops) stop();
    },
  };
};

/** The entries that a search such as `status:4xx device:thermostat-*` leaves. */
export const trafficList = (
  all: ReadonlySignal<readonly TrafficEntry[]>,
  search: ReadonlySignal<string>,
  device?: string,
): LiveList<TrafficEntry> =>
  createLiveList(
    all,
    computed(() => {
      const terms = parseSearch(search.value);
      const withPage = terms.some(({ field }) => field === 'who');
      return (entry: TrafficEntry) =>
        (withPage || !isOwn(entry)) && (device === undefined || concerns(entry, device)) && fits(entry, terms);
    }),
  );

/** Successful requests of the page itself are shown only to those who search by `who:`. */
const isOwn = ({ who, outcome }: TrafficEntry): boolean => who === 'page' && outcome === 'ok';

/** A device's traffic is what it says and what a service says about it. */
export const concerns = ({ who, asked }: TrafficEntry, device: string): boolean =>
  who === device || asked.split(/[ /?]/).includes(device);

/** The latest refusals, newest first: of each client and cause the last one. */
export const latestRefusals = (entries: readonly TrafficEntry[], most: number): readonly TrafficEntry[] => {
  const found = new Map<string, TrafficEntry>();
  for (let i = entries.length - 1; i >= 0 && found.size < most; i--) {
    const entry = entries[i];
    if (entry === undefined || entry.outcome !== 'refused') continue;
    const cause = `${entry.who} ${entry.operation} ${entry.why}`;
    if (!found.has(cause)) found.set(cause, entry);
  }
  return [...found.values()];
};

/** Adds `term` to a search, or takes it away if it is there. */
export const toggleTerm = (search: string, term: string): string => {
  const words = search.split(/\s+/).filter((word) => word !== '');
  const field = term.includes(':') ? `${term.split(':', 1)[0]}:` : undefined;
  const others = words.filter((word) => word !== term && (field === undefined || !word.startsWith(field)));
  return words.includes(term) ? others.join(' ') : [...others, term].join(' ');
};
