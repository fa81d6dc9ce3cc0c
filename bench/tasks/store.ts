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
}

const begin = async (bench: Bench, kind: Kind): Promise<Server> => {
  const [https, mqtt, admin] = [await freePort(), await freePort(), await freePort()];
  const data = 'durability' in KINDS[kind] ? { data: await mkdtemp(join(bench.folder, `${kind}-`)) } : {};
  const settings = { https, mqtt, admin, caDir: bench.caDir, ...KINDS[kind], ...data };
  return { kind, program: await startServer(bench.server('emulator'), settings), port: mqtt };
};

/** Several of each kind: two processes of one program differ by as much as what is measured. */
const reports = async (bench: Bench): Promise<readonly Row[]> => {
  const servers: Server[] = [];
  try {
    let keys: string[] = [];
    for (let nth = 0; nth < bench.stats.processes; nth++)
      for (const kind of ALL_KINDS) {
        const server = await begin(bench, kind);
        servers.push(server);
        keys = (await server.program.ask('devices', MOST_DEVICES)) as string[]; // the same for all: they have one seed
        await server.program.ask('twins', MOST_DEVICES);
      }
    const { hub: fleet } = await writeFleet(bench, keys);
    const of = (...kinds: Kind[]) => servers.filter(({ kind }) => kinds.includes(kind));
    const { rounds } = bench.stats;
    const one = await inTurns(bench, of('memory', 'sync'), { rounds, fleet, count: 1 });
    const hundred = await inTurns(bench, servers, { rounds, fleet, count: 100 });
    const compared = of('memory', 'sync', 'fast');
    const thousand = await inTurns(bench, compared, { rounds: FEWER_ROUNDS, fleet, count: MOST_DEVICES });
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

/** What the servers of each kind take. The first ones of all kinds are measured in turns, then the second ones: they are compared. */
const inTurns = async (
  bench: Bench,
  servers: readonly Server[],
  { rounds, fleet, count }: { rounds: number; fleet: string; count: number },
): Promise<Rounds> => {
  const ofKind = new Map<Kind, Measured[]>(servers.map(({ kind }) => [kind, []]));
  for (let round = 0; round < rounds; round++)
    for (let from = 0; from < servers.length; from += ofKind.size) {
      const group = servers.slice(from, from + ofKind.size); // one of each kind
      const contenders = group.map((server) => [server.kind, () => load(bench, server, { fleet, count })] as const);
      const measured = await interleave(1, Object.fromEntries(contenders));
      for (const [kind, list] of ofKind) list.push(...(measured[kind] ?? []));
    }
  return Object.fromEntries(ofKind);
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
