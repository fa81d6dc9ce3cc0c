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
/** With that many devices. */
const FEWER_ROUNDS = 3;

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
  const unversioned = await begin(bench, { history: 0 });
  const unmetered = await begin(bench, { metering: false });
  const servers = [memory, sync, fast, unversioned, unmetered];
  try {
    let keys: string[] = [];
    for (const { program } of servers) {
      keys = (await program.ask('devices', MOST_DEVICES)) as string[]; // the same for all: they have one seed
      await program.ask('twins', MOST_DEVICES);
    }
    const { hub: fleet } = await writeFleet(bench, keys);
    const contenders = (count: number) => ({
      memory: () => load(bench, memory, { fleet, count }),
      sync: () => load(bench, sync, { fleet, count }),
      fast: () => load(bench, fast, { fleet, count }),
    });
    const { fast: _, ...compared } = contenders(1);
    const one = await interleave(bench.stats.rounds, compared);
    const hundred = await interleave(bench.stats.rounds, {
      ...contenders(100),
      unversioned: () => load(bench, unversioned, { fleet, count: 100 }),
      unmetered: () => load(bench, unmetered, { fleet, count: 100 }),
    });
    const thousand = await interleave(FEWER_ROUNDS, contenders(MOST_DEVICES));
    return [
      rateRow(hundred, 100, 'sync', 0.75),
      rateRow(thousand, MOST_DEVICES, 'sync', 0.75),
      rateRow(hundred, 100, 'fast', 0.92),
      rateRow(thousand, MOST_DEVICES, 'fast', 0.92),
      addedRow(one),
      costRow(hundred, 'unversioned', 'history: 100 versions of each twin', '`--history 0`', 1.03),
      costRow(hundred, 'unmetered', 'metering: what operations would cost', 'without it', 1.01),
    ];
  } finally {
    await Promise.all(servers.map(({ program }) => program.stop()));
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
const cpu = ({ cpu = 0, operations = 0 }: Measured): number => cpu / operations;
const p50 = ({ p50 = 0 }: Measured): number => p50;
const took = ({ took = 0 }: Measured): number => took;

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

/** What something costs that a hub in memory does at each report, with 100 devices. */
const costRow = (rounds: Rounds, without: string, work: string, peer: string, most: number): Row => {
  const [ours, theirs] = [all(rounds, 'memory', cpu), all(rounds, without, cpu)];
  return {
    work: `CPU per report, in memory, 100 devices; ${work}`,
    peer,
    ours: `${round(median(ours))} µs`,
    theirs: `${round(median(theirs))} µs`,
    ...judge(medianRatio(ours, theirs), { most }),
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
    const times = await interleave(count > LARGE ? 1 : bench.stats.rounds, {
      ours: async () => (await server.ask('measure')) as Measured,
      theirs: async () => ({ took: Number(await server.ask('start')) }),
    });
    const [ours, theirs] = [median(all(times, 'ours', took)), median(all(times, 'theirs', took))];
    const memory = (times.ours?.at(-1)?.memory ?? Number.NaN) / count;
    return [
      {
        work: `start with ${round(count)} twins: added time`,
        peer: 'an empty hub in memory',
        ours: `${round(ours)} ms`,
        theirs: `${round(theirs)} ms`,
        ...judge(ours - theirs, { most }, 'ms'),
      },
      plain(
        `a twin of 1 KB on disk, ${round(count)} twins${count > LARGE ? '' : ', their seed included'}`,
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

/** Twins of a hub that is opened once: it takes long. */
const LARGE = 100_000;

/** Numbers of twins, and the time that they may add, ms. */
const RESTARTS: readonly (readonly [number, number])[] = [
  [10_000, 300],
  [1_000_000, 20_000],
];
