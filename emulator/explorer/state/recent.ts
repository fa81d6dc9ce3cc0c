import { type ReadonlySignal, signal } from '@preact/signals';
import type { Stream } from '../api/stream.ts';
import type { HubEvent } from '../api/types.ts';

/** Events per second of the hub's clock, one entry a second, oldest first. */
export interface Rates {
  readonly seconds: readonly number[];
  readonly reports: readonly number[];
  readonly messages: readonly number[];
  readonly refusals: readonly number[];
}

/** The latest events, for every screen that shows what has happened. */
export interface Recent {
  /** Newest last, at most `MOST` of them. */
  readonly events: ReadonlySignal<readonly HubEvent[]>;
  /** How many events of each type have arrived. */
  readonly counts: ReadonlySignal<ReadonlyMap<string, number>>;
  /** The minute before `now` (ms). */
  lastMinute(now: number): Rates;
}

export const MOST_RECENT = 5000;
const SECONDS = 60;

export const createRecent = (stream: Pick<Stream, 'listen'>): Recent => {
  const events = signal<readonly HubEvent[]>([]);
  const counts = signal<ReadonlyMap<string, number>>(new Map());
  const perSecond = new Map<number, Second>();
  stream.listen((arrivals) => {
    if (arrivals.events.length === 0) return;
    events.value = appended(events.value, arrivals.events);
    const next = new Map(counts.value);
    for (const event of arrivals.events) {
      next.set(event.type, (next.get(event.type) ?? 0) + 1);
      count(perSecond, event);
    }
    counts.value = next;
  });
  return { events, counts, lastMinute: (now) => ratesOf(perSecond, Math.floor(now / 1000)) };
};

interface Second {
  reports: number;
  messages: number;
  refusals: number;
}

/** Cuts only when half as many again have come, so that a list of thousands is not copied for each event. */
const appended = (list: readonly HubEvent[], more: readonly HubEvent[]): readonly HubEvent[] => {
  const all = list.concat(more);
  return all.length > MOST_RECENT * 1.5 ? all.slice(-MOST_RECENT) : all;
};

const count = (perSecond: Map<number, Second>, { type, time }: HubEvent): void => {
  const name = COUNTED[type];
  if (name === undefined) return;
  const at = Math.floor(Date.parse(time) / 1000);
  const second = perSecond.get(at) ?? { reports: 0, messages: 0, refusals: 0 };
  second[name] += 1;
  perSecond.set(at, second);
  if (perSecond.size > 2 * SECONDS) forgetOldest(perSecond);
};

const COUNTED: Readonly<Record<string, keyof Second>> = {
  'twin.reported': 'reports',
  telemetry: 'messages',
  refused: 'refusals',
  'fault.injected': 'refusals',
  'method.failed': 'refusals',
};

const forgetOldest = (perSecond: Map<number, Second>): void => {
  const [oldest] = perSecond.keys();
  if (oldest !== undefined) perSecond.delete(oldest);
};

const ratesOf = (perSecond: ReadonlyMap<number, Second>, now: number): Rates => {
  const seconds = Array.from({ length: SECONDS }, (_, i) => now - SECONDS + i);
  const of = (name: keyof Second): number[] => seconds.map((at) => perSecond.get(at)?.[name] ?? 0);
  return { seconds, reports: of('reports'), messages: of('messages'), refusals: of('refusals') };
};
