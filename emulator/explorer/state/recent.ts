import { type ReadonlySignal, signal } from '@preact/signals';
import type { LeftOut, Stream } from '../api/stream.ts';
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
  /** How many events of each type have happened. */
  readonly counts: ReadonlySignal<ReadonlyMap<string, number>>;
  /** How many of these, of each type, came too fast for the page. */
  readonly leftOut: ReadonlySignal<ReadonlyMap<string, number>>;
  /** The minute before `now` (ms). */
  lastMinute(now: number): Rates;
}

export const MOST_RECENT = 5000;
const SECONDS = 60;

export const createRecent = (stream: Pick<Stream, 'listen'>): Recent => {
  const events = signal<readonly HubEvent[]>([]);
  const counts = signal<ReadonlyMap<string, number>>(new Map());
  const leftOut = signal<ReadonlyMap<string, number>>(new Map());
  const perSecond = new Map<number, Second>();
  stream.listen((arrivals) => {
    const missed = arrivals.leftOut.filter(({ type }) => type !== 'traffic');
    if (arrivals.events.length + missed.length === 0) return;
    if (arrivals.events.length > 0) events.value = appended(events.value, arrivals.events);
    if (missed.length > 0) leftOut.value = added(leftOut.value, missed);
    const happened = [...arrivals.events.map(({ type, time }) => ({ type, time, count: 1 })), ...missed];
    for (const each of happened) count(perSecond, each);
    counts.value = added(counts.value, happened);
  });
  return { events, counts, leftOut, lastMinute: (now) => ratesOf(perSecond, Math.floor(now / 1000)) };
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

const added = (before: ReadonlyMap<string, number>, more: readonly LeftOut[]): ReadonlyMap<string, number> => {
  const sums = new Map(before);
  for (const { type, count } of more) sums.set(type, (sums.get(type) ?? 0) + count);
  return sums;
};

const count = (perSecond: Map<number, Second>, { type, time, count: times }: LeftOut): void => {
  const name = COUNTED[type];
  if (name === undefined || time === undefined) return;
  const at = Math.floor(Date.parse(time) / 1000);
  const second = perSecond.get(at) ?? { reports: 0, messages: 0, refusals: 0 };
  second[name] += times;
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
