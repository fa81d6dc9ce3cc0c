import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { writeFleet } from '../fleet.ts';
import { interleave, median, medianRatio } from '../pairs.ts';
import { freePort, type Program, run, startServer } from '../program.ts';
import { judge, judgeMean, type Row, round } from '../report.ts';

type Measured = Readonly<Record<string, number>>;
type Rounds = Readonly<Record<string, readonly Measured[]>>;

const MOST_DEVICES = 1_000;
/** Of a group of processes with a hundred devices: more groups say more than more rounds. */
const ROUNDS = 2;

/** What it costs to keep a hub in a folder: reports with it and without, restarts, and its size. */
export const store = async (bench: Bench): Promise<readonly Row[]> => [
  ...(await reports(bench)),
  ...(await restarts(bench)),
];

/** How hubs are started. */
const KINDS = {
  memory: {},
  sync: { durability: 'sync' },
  fast: { durability: 'fast' },
  unversioned: { history: 0 },
  unmetered: { metering: false },
} as const;

type Kind = keyof typeof KINDS;

const ALL_KINDS = Object.keys(KINDS) as Kind[];

interface Server {
  readonly kind: Kind;
  readonly program: Program;
  readonly port: number;
  /** Its folder, if it has one. */
  readonly data: string | undefined;
}

const begin = async (bench: Bench, kind: Kind): Promise<Server> => {
  const [https, mqtt, admin] = [await freePort(), await freePort(), await freePort()];
  const data = 'durability' in KINDS[kind] ? await mkdtemp(join(bench.folder, `${kind}-`)) : undefined;
  const settings = { https, mqtt, admin, caDir: bench.caDir, ...KINDS[kind], ...(data && { data }) };
  return { kind, program: await startServer(bench.server('emulator'), settings), port: mqtt, data };
};

/** What one process of each kind did with so many devices. */
interface Group {
  readonly one: Rounds;
  readonly hundred: Rounds;
  readonly thousand: Rounds;
}

/** Young processes of each kind, group by group: two processes of one program differ by more than what is measured. */
const reports = async (bench: Bench): Promise<readonly Row[]> => {
  const groups: Group[] = [];
  for (let nth = 0; nth < bench.stats.processes; nth++) groups.push(await measureGroup(bench));
  const of = (count: keyof Group) => groups.map((group) => group[count]);
  return [
    rateRow(of('hundred'), 100, 'sync', 0.75),
    rateRow(of('thousand'), MOST_DEVICES, 'sync', 0.75),
    rateRow(of('hundred'), 100, 'fast', 0.92),
    rateRow(of('thousand'), MOST_DEVICES, 'fast', 0.92),
    addedRow(of('one')),
    costRow(of('hundred'), 'unversioned', 'history: 100 versions of each twin', '`--history 0`', 1.03),
    costRow(of('hundred'), 'unmetered', 'metering: what operations would cost', 'without it', 1.01),
  ];
};

const measureGroup = async (bench: Bench): Promise<Group> => {
  const servers: Server[] = [];
  try {
    let keys: string[] = [];
    for (const kind of ALL_KINDS) {
      const server = await begin(bench, kind);
      servers.push(server);
      keys = (await server.program.ask('devices', MOST_DEVICES)) as string[]; // the same for all: they have one seed
      await server.program.ask('twins', MOST_DEVICES);
    }
    const { hub: fleet } = await writeFleet(bench, keys);
    const inTurns = (count: number, rounds: number, kinds: readonly Kind[] = ALL_KINDS) =>
      interleave(
        rounds,
        Object.fromEntries(
          servers
            .filter(({ kind }) => kinds.includes(kind))
            .map((server) => [server.kind, () => load(bench, server, { fleet, count })]),
        ),
      );
    return {
      one: await inTurns(1, 1, ['memory', 'sync']),
      hundred: await inTurns(100, ROUNDS),
      thousand: await inTurns(MOST_DEVICES, 1, ['memory', 'sync', 'fast']),
    };
  } finally {
    await Promise.all(servers.map(({ program }) => program.stop()));
    await Promise.all(servers.map(({ data }) => data && rm(data, { recursive: true, force: true })));
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
const allOf = (groups: readonly Rounds[], name: string, figure: (m: Measured) => number): readonly number[] =>
  groups.flatMap((rounds) => all(rounds, name, figure));
const rate = ({ operations = 0, seconds = 0 }: Measured): number => operations / seconds;
const cpu = ({ cpu = 0, operations = 0 }: Measured): number => cpu / operations;
const p50 = ({ p50 = 0 }: Measured): number => p50;
const took = ({ took = 0 }: Measured): number => took;

/** The ratio of each pair of processes. */
const ratios = (groups: readonly Rounds[], [ours, theirs]: readonly [Kind, Kind], figure: (m: Measured) => number) =>
  groups.map((rounds) => medianRatio(all(rounds, ours, figure), all(rounds, theirs, figure)));

const rateRow = (groups: readonly Rounds[], count: number, durability: 'sync' | 'fast', least: number): Row => {
  const [ours, theirs] = [allOf(groups, durability, rate), allOf(groups, 'memory', rate)];
  return {
    work: `reported PATCH → 204, TLS, ${round(count)} devices, \`--durability ${durability}\``,
    peer: 'in memory',
    ours: `${round(median(ours))}/s`,
    theirs: `${round(median(theirs))}/s`,
    ...judgeMean(ratios(groups, [durability, 'memory'], rate), { least }),
  };
};

const addedRow = (groups: readonly Rounds[]): Row => {
  const [ours, theirs] = [allOf(groups, 'sync', p50), allOf(groups, 'memory', p50)];
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
const costRow = (groups: readonly Rounds[], without: Kind, work: string, peer: string, most: number): Row => {
  const [ours, theirs] = [allOf(groups, 'memory', cpu), allOf(groups, without, cpu)];
  return {
    work: `CPU per report, in memory, 100 devices; ${work}`,
    peer,
    ours: `${round(median(ours))} µs`,
    theirs: `${round(median(theirs))} µs`,
    ...judgeMean(ratios(groups, ['memory', without], cpu), { most }),
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
