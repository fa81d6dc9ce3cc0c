import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { writeFleet } from '../fleet.ts';
import { interleave, median, medianRatio } from '../pairs.ts';
import { freePort, type Program, run, startServer } from '../program.ts';
import { judge, type Row, round } from '../report.ts';

type Measured = Readonly<Record<string, number>>;
type Rounds = Readonly<Record<string, readonly Measured[]>>;

const MOST_DEVICES = 1_000;

/** What it costs to keep a hub in a folder: reports with it and without, restarts, and its size. */
export const store = async (bench: Bench): Promise<readonly Row[]> => [
  ...(await reports(bench)),
  ...(await restarts(bench)),
];

interface Server {
  readonly program: Program;
  readonly port: number;
}

const begin = async (bench: Bench, more: object = {}): Promise<Server> => {
  const [https, mqtt, admin] = [await freePort(), await freePort(), await freePort()];
  const program = await startServer(bench.server('emulator'), { https, mqtt, admin, caDir: bench.caDir, ...more });
  return { program, port: mqtt };
};

const reports = async (bench: Bench): Promise<readonly Row[]> => {
  const data = (name: string) => join(bench.folder, `data-${name}`);
  const memory = await begin(bench);
  const sync = await begin(bench, { data: data('sync'), durability: 'sync' });
  const fast = await begin(bench, { data: data('fast'), durability: 'fast' });
  try {
    let keys: string[] = [];
    for (const { program } of [memory, sync, fast]) {
      keys = (await program.ask('devices', MOST_DEVICES)) as string[]; // the same for all: they have one seed
      await program.ask('twins', MOST_DEVICES);
    }
    const { hub: fleet } = await writeFleet(bench, keys);
    const contenders = (count: number) => ({
      memory: () => load(bench, memory, { fleet, count }),
      sync: () => load(bench, sync, { fleet, count }),
      fast: () => load(bench, fast, { fleet, count }),
    });
    const one = await interleave(bench.stats.rounds, contenders(1));
    const hundred = await interleave(bench.stats.rounds, contenders(100));
    const thousand = await interleave(bench.stats.rounds, contenders(MOST_DEVICES));
    return [
      rateRow(hundred, 100, 'sync', 0.75),
      rateRow(thousand, MOST_DEVICES, 'sync', 0.75),
      rateRow(hundred, 100, 'fast', 0.92),
      rateRow(thousand, MOST_DEVICES, 'fast', 0.92),
      addedRow(one),
    ];
  } finally {
    await Promise.all([memory, sync, fast].map(({ program }) => program.stop()));
  }
};

const load = async (bench: Bench, { program, port }: Server, what: { fleet: string; count: number }) => {
  const { warmUp, measure } = bench.stats;
  const options = { port, ...what, pids: program.pid, 'warm-up': warmUp, measure };
  const measured = await run(
    bench.program('devices'),
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  );
  if (measured.wrong !== 0 || measured.lost !== 0) throw new Error(`wrong answers: ${JSON.stringify(measured)}`);
  return measured;
};

const all = (rounds: Rounds, name: string, figure: (m: Measured) => number): readonly number[] =>
  (rounds[name] ?? []).map(figure);
const rate = ({ operations = 0, seconds = 0 }: Measured): number => operations / seconds;
const p50 = ({ p50 = 0 }: Measured): number => p50;

const rateRow = (rounds: Rounds, count: number, durability: 'sync' | 'fast', least: number): Row => {
  const [ours, theirs] = [all(rounds, durability, rate), all(rounds, 'memory', rate)];
  return {
    work: `reported PATCH → 204, TLS, ${round(count)} devices, \`--durability ${durability}\``,
    peer: 'in memory',
    ours: `${round(median(ours))}/s`,
    theirs: `${round(median(theirs))}/s`,
    ...judge(medianRatio(ours, theirs), { least }),
  };
};

const addedRow = (rounds: Rounds): Row => {
  const [ours, theirs] = [all(rounds, 'sync', p50), all(rounds, 'memory', p50)];
  const added = median(ours.map((value, index) => value - (theirs[index] ?? Number.NaN))) / 1000;
  return {
    work: 'the same, one device, `sync`: round trip, p50; added time',
    peer: 'in memory',
    ours: `${round(median(ours))} µs`,
    theirs: `${round(median(theirs))} µs`,
    ...judge(added, { most: 1.5 }, 'ms'),
  };
};

const restarts = async (bench: Bench): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (const [count, most] of RESTARTS) {
    if (count > bench.stats.largest) continue;
    const data = await mkdtemp(join(bench.folder, 'restart-'));
    const server = await startServer(bench.server('store'), { caDir: bench.caDir, data });
    try {
      await server.ask('fill', count);
    } finally {
      await server.stop();
    }
    rows.push(...(await restartsOf(bench, { data, count, most })));
    await rm(data, { recursive: true, force: true });
  }
  return rows;
};

/** In a process that has not filled the folder. */
const restartsOf = async (bench: Bench, { data, count, most }: { data: string; count: number; most: number }) => {
  const server = await startServer(bench.server('store'), { caDir: bench.caDir, data });
  try {
    const bytes = Number(await server.ask('bytes')) / count;
    await server.ask('start'); // which warms the process
    const times = await interleave(count > 100_000 ? 1 : bench.stats.rounds, {
      ours: async () => Number(await server.ask('restart')),
      theirs: async () => Number(await server.ask('start')),
    });
    const [ours, theirs] = [median(times.ours ?? []), median(times.theirs ?? [])];
    const memory = Number(await server.ask('memory')) / count;
    return [
      {
        work: `start with ${round(count)} twins: added time`,
        peer: 'an empty hub in memory',
        ours: `${round(ours)} ms`,
        theirs: `${round(theirs)} ms`,
        ...judge(ours - theirs, { most }, 'ms'),
      },
      plain(
        `a twin of 1 KB on disk, ${round(count)} twins${count > 100_000 ? '' : ', their seed included'}`,
        bytes,
        'bytes',
      ),
      plain(`resident memory of the process after that start, per twin, ${round(count)} twins`, memory, 'KB'),
    ];
  } finally {
    await server.stop();
  }
};

const plain = (work: string, figure: number, unit: string): Row => ({
  work,
  peer: '–',
  ours: `${round(figure)} ${unit}`,
  theirs: '–',
  ...{ result: `${round(figure)} ${unit}`, wanted: '–', met: undefined },
});

/** Numbers of twins, and the time that they may add, ms. */
const RESTARTS: readonly (readonly [number, number])[] = [
  [10_000, 300],
  [1_000_000, 20_000],
];
