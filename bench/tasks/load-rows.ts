import type { Audit } from '../audit.ts';
import { type Judgement, judge, type Row, round } from '../report.ts';
import type { Stalls } from '../servers/stalls.ts';

/** What `bench/load/reports.c` prints; latencies in µs. Errors are counted from its start. */
export type Figures = Readonly<
  Record<'answered' | 'refused' | 'disordered' | 'skipped' | 'lost' | 'p50' | 'p99' | 'longest', number>
>;

/** What a server has answered, and how its event loop did meanwhile. */
export interface Served {
  readonly figures: Figures;
  readonly stalls: Stalls;
}

export interface Minute extends Served {
  /** How long REST requests beside it took, ms, in order of size. */
  readonly asked: readonly number[];
}

/** Bytes after a garbage collection, while all devices are connected. */
export interface Memory {
  readonly resident: number;
  readonly heap: number;
}

export interface Outcome {
  readonly count: number;
  readonly reports: number;
  readonly busy: Minute;
  readonly calm: Minute;
  /** Reports alone, to the peer. */
  readonly peer: Served;
  /** The errors of both minutes. */
  readonly checked: Audit;
  readonly memory: readonly [start: Memory, middle: Memory, end: Memory];
}

export const rows = (outcome: Outcome): readonly Row[] => [
  ...truthRows(outcome),
  ...latencyRows(outcome),
  ...memoryRows(outcome),
];

const truthRows = ({ count, reports, busy, calm, checked }: Outcome): readonly Row[] => {
  const sent = 2 * count * reports;
  const answered = busy.figures.answered + calm.figures.answered;
  const astray = calm.figures.refused + calm.figures.disordered + calm.figures.skipped + calm.figures.lost;
  return [
    row(
      `${round(count)} TLS devices, ${reports} reports each at one a second, twice: not acknowledged`,
      judge(sent - answered, { most: 0 }, `of ${round(sent)}`),
    ),
    row(
      'refused, answered out of order or with a gap in `$version`; connections lost',
      judge(astray, { most: 0 }, 'times'),
    ),
    row('devices whose twin does not hold their last acknowledged report', judge(checked.lost, { most: 0 }, 'devices')),
    row(
      'devices whose reported `$version` does not count the reports',
      judge(checked.miscounted, { most: 0 }, 'devices'),
    ),
    row(
      'desired updates by job and configuration: not heard',
      judge(checked.missing, { most: 0 }, `of ${round(checked.updates)}`),
    ),
    row('devices that heard one out of order or with a gap', judge(checked.disordered, { most: 0 }, 'devices')),
    row('devices whose desired properties are not those of the twin', judge(checked.different, { most: 0 }, 'devices')),
  ];
};

const latencyRows = ({ busy, calm, peer }: Outcome): readonly Row[] => [
  ...minuteRows('while job and configuration run', busy),
  ...minuteRows('with reports alone', calm, peer),
];

const minuteRows = (name: string, minute: Minute, peer?: Served): readonly Row[] => {
  const { asked } = minute;
  const served = (work: string, figure: (of: Served) => number, tell: (value: number) => Judgement): Row =>
    row(work, tell(figure(minute)), peer && tell(figure(peer)).result);
  const ms = (value: number) => plain(value, 'ms');
  return [
    served(`PATCH → 204 ${name}, from the time it was due: p50`, ({ figures }) => figures.p50 / 1000, ms),
    served('the same: p99', ({ figures }) => figures.p99 / 1000, most(60, 'ms')),
    served('the same: longest', ({ figures }) => figures.longest / 1000, ms),
    served('the same: longest event-loop stall of the server', ({ stalls }) => stalls.longest, most(100, 'ms')),
    row('a twin read over REST every 100 ms beside it: p99', judge(percentile(asked, 0.99), { most: 50 }, 'ms')),
    row('the same: longest', ms(asked.at(-1) ?? 0)),
    served('longest garbage collection', ({ stalls }) => stalls.longestCollection, ms),
    served('share of the time that the event loop was busy', ({ stalls }) => stalls.busy * 100, most(55, '%')),
  ];
};

const memoryRows = ({ count, memory: [start, middle, end] }: Outcome): readonly Row[] => [
  row('heap before, devices connected', plain(start.heap / MB, 'MB')),
  row('what job and configuration leave in it, per device', plain((middle.heap - start.heap) / count, 'B')),
  row('what as many reports again leave in it, in all', judge((end.heap - middle.heap) / MB, { most: 1 }, 'MB')),
  row('resident before, devices connected', plain(start.resident / MB, 'MB')),
  row('resident after job and configuration', plain(middle.resident / MB, 'MB')),
  row('resident after as many reports again', judge(end.resident / middle.resident, { most: 1.02 })),
];

const percentile = (sorted: readonly number[], part: number): number => sorted[Math.floor(sorted.length * part)] ?? 0;

const MB = 1024 * 1024;

const row = (work: string, judgement: Judgement, theirs?: string): Row => ({
  work,
  peer: theirs === undefined ? '–' : 'stock aedes with an echo hook',
  ours: judgement.result,
  theirs: theirs ?? '–',
  ...judgement,
});

const most =
  (bound: number, unit: string) =>
  (value: number): Judgement =>
    judge(value, { most: bound }, unit);

const plain = (value: number, unit: string): Judgement => ({
  result: `${round(value)} ${unit}`,
  wanted: '–',
  met: undefined,
});
