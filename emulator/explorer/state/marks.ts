import { type ReadonlySignal, signal } from '@preact/signals';
import type { Client } from '../api/client.ts';
import type { ActiveFault, ClockState, IndexState, Info } from '../api/types.ts';

/** What makes this hub unlike Azure right now; each is changed at `path`. */
export interface Mark {
  readonly id: string;
  readonly text: string;
  /** More of it, where there is room. */
  readonly more?: string;
  readonly tone: 'violet' | 'warn' | 'bad';
  readonly path: readonly string[];
}

export interface Marks {
  readonly clock: ReadonlySignal<ClockState | undefined>;
  readonly faults: ReadonlySignal<readonly ActiveFault[]>;
  readonly index: ReadonlySignal<IndexState | undefined>;
  /** Asks again. */
  reload(): Promise<void>;
  /** The hub's time in ms, as far as it can be told without asking. */
  now(): number;
}

/** `monotonic`: ms of the machine, to tell how long ago the hub's time was asked for. */
export const createMarks = (client: Client, monotonic: () => number): Marks => {
  const clock = signal<ClockState | undefined>(undefined);
  const faults = signal<readonly ActiveFault[]>([]);
  const index = signal<IndexState | undefined>(undefined);
  let askedAt = monotonic();
  return {
    clock,
    faults,
    index,
    async reload() {
      const [time, rules, indexState] = await Promise.all([
        client.get<ClockState>('/clock'),
        client.get<readonly ActiveFault[]>('/faults'),
        client.get<IndexState>('/index'),
      ]);
      askedAt = monotonic();
      clock.value = time;
      if (!sameText(faults.value, rules)) faults.value = rules;
      if (!sameText(index.value, indexState)) index.value = indexState;
    },
    now: () => timeOf(clock.value, monotonic() - askedAt),
  };
};

/** True if time goes on only when somebody advances it. */
export const standsStill = ({ clock: { value } }: Pick<Marks, 'clock'>): boolean =>
  value?.mode === 'virtual' && !value.pace;

const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const timeOf = (clock: ClockState | undefined, elapsed: number): number => {
  if (clock === undefined) return Date.now();
  const pace = clock.mode === 'system' ? 1 : (clock.pace ?? 0);
  return Date.parse(clock.now) + elapsed * pace;
};

/** The marks that apply, in the order of the bar. */
export const marksOf = (
  { clock, faults, index }: Pick<Marks, 'clock' | 'faults' | 'index'>,
  info: Info,
  now: number,
): readonly Mark[] => [
  ...clockMark(clock.value, now),
  ...faultMark(faults.value),
  ...indexMark(index.value),
  ...(info.auth === 'off'
    ? [{ id: 'auth', text: 'auth off', more: 'everybody may connect', tone: 'bad', path: ['connect'] } as const]
    : []),
  ...(info.recording ? [{ id: 'recording', text: 'recording', tone: 'bad', path: ['history'] } as const] : []),
  ...storeMarks(info.data),
];

const storeMarks = (data: Info['data'] | undefined): readonly Mark[] => {
  if (!data) return [];
  const { failure, durability } = data;
  const path = ['overview'];
  return [
    ...(durability === 'fast'
      ? [
          {
            id: 'fast',
            text: 'fast durability',
            more: 'a crash may lose the last moments',
            tone: 'warn',
            path,
          } as const,
        ]
      : []),
    ...(failure === null ? [] : [{ id: 'read-only', text: 'read-only', more: failure, tone: 'bad', path } as const]),
  ];
};

const clockMark = (clock: ClockState | undefined, now: number): readonly Mark[] => {
  if (clock === undefined || clock.mode === 'system') return [];
  const time = new Date(now).toISOString().slice(11, 19);
  const pace = clock.pace ? `×${clock.pace}` : 'stopped';
  return [{ id: 'clock', text: 'virtual clock', more: `${time} · ${pace}`, tone: 'violet', path: ['clock'] }];
};

const faultMark = (faults: readonly ActiveFault[]): readonly Mark[] =>
  faults.length === 0
    ? []
    : [
        {
          id: 'faults',
          text: `${faults.length} fault${faults.length === 1 ? '' : 's'}`,
          more: 'active',
          tone: 'warn',
          path: ['faults'],
        },
      ];

const indexMark = (index: IndexState | undefined): readonly Mark[] => {
  if (index === undefined || index.lag === 'immediate') return [];
  const waiting = index.pending === 0 ? 'nothing waits' : `${index.pending} writes wait`;
  return [
    {
      id: 'index',
      text: index.lag === 'manual' ? 'index held' : `index lags ${index.lag.slice(4)}`,
      more: waiting,
      tone: 'warn',
      path: ['faults'],
    },
  ];
};
