import type { Bench } from '../bench.ts';
import { interleave, median, medianRatio } from '../pairs.ts';
import { startServer } from '../program.ts';
import { type Row, round } from '../report.ts';

const PARTS = {
  history: 'history: 100 versions of each twin',
  traffic: 'the latest 5,000 requests, for the page',
  journal: 'the latest 10,000 events, for those who follow them',
  usage: 'counting what operations would cost',
} as const;

const REPORTS = 100_000;
const NO_TARGET = { wanted: '–', met: undefined };

/** What a report costs in the hub and its MQTT server, without TLS and sockets, and what of it is for somebody who may look later. */
export const report = async (bench: Bench): Promise<readonly Row[]> => {
  const names = Object.keys(PARTS);
  const variants: Readonly<Record<string, readonly string[]>> = {
    all: [],
    none: names,
    ...Object.fromEntries(names.map((name) => [name, [name]])),
  };
  const servers = new Map(
    await Promise.all(
      Object.entries(variants).map(
        async ([name, without]) => [name, await startServer(bench.server('report'), { without })] as const,
      ),
    ),
  );
  const contenders = Object.fromEntries(
    [...servers].map(([name, server]) => [name, async () => Number(await server.ask('reports', REPORTS))]),
  );
  try {
    await interleave(1, contenders); // compiles
    const rounds = await interleave(bench.stats.rounds, contenders);
    const { all = [], none = [] } = rounds;
    const rows = Object.entries(PARTS).map(([name, work]) => share(work, all, rounds[name] ?? []));
    return [
      {
        work: 'reported PATCH → 204 without TLS and sockets: CPU',
        peer: 'the same without the four rows below',
        ours: `${round(median(all))} µs`,
        theirs: `${round(median(none))} µs`,
        result: `${medianRatio(all, none).toFixed(2)} ×`,
        ...NO_TARGET,
      },
      ...rows,
    ];
  } finally {
    await Promise.all([...servers.values()].map((server) => server.stop()));
  }
};

const share = (work: string, all: readonly number[], without: readonly number[]): Row => ({
  work,
  peer: 'without it',
  ours: `${round(median(all))} µs`,
  theirs: `${round(median(without))} µs`,
  result: `${round(median(all.map((one, i) => one - (without[i] ?? Number.NaN))))} µs`,
  ...NO_TARGET,
});
