import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { JobClient, Registry } from '../../clients/service/index.ts';
import { loadCertificates } from '../../emulator/certificates/certificates.ts';
import { type Audit, audit, type Properties } from '../audit.ts';
import type { Bench } from '../bench.ts';
import { writeFleet } from '../fleet.ts';
import { freePort, type Program, startProgram, startServer } from '../program.ts';
import { type Judgement, judge, type Row, round } from '../report.ts';
import type { Stalls } from '../servers/stalls.ts';

/** What `bench/load/reports.c` prints; latencies in µs. What went wrong counts from its start. */
type Figures = Readonly<
  Record<'answered' | 'refused' | 'disordered' | 'skipped' | 'lost' | 'p50' | 'p99' | 'longest', number>
>;

interface Minute {
  readonly figures: Figures;
  readonly stalls: Stalls;
}

/** Bytes after a garbage collection, all devices being connected. */
interface Memory {
  readonly resident: number;
  readonly heap: number;
}

interface Service {
  readonly registry: Registry;
  readonly jobs: JobClient;
}

/**
 * A crowd of devices reports once a second, while a job updates all their twins and a configuration targets half of them;
 * afterwards every device's notes are held against its twin. Then they report as long again, with nothing else going on:
 * by that the memory is judged.
 */
export const load = async (bench: Bench): Promise<readonly Row[]> => {
  const { crowd: count, reports } = bench.effort;
  const [https, port, admin] = [await freePort(), await freePort(), await freePort()];
  const emulator = await startServer(bench.server('emulator'), { https, mqtt: port, admin, caDir: bench.caDir });
  const service = await serviceOf(bench, emulator);
  const notes = join(bench.folder, 'notes.tsv');
  const devices = await connected(bench, emulator, { port, count, notes });
  try {
    const before = await twinsOf(service);
    const start = await memoryOf(emulator);
    const busy = await measured(emulator, devices, { reports, meanwhile: () => change(service, reports) });
    await demandDone(service, count);
    const middle = await memoryOf(emulator);
    const calm = await measured(emulator, devices, { reports, meanwhile: async () => {} });
    const end = await memoryOf(emulator);
    const checked = await audit(notes, before, await twinsOf(service));
    return rows({ count, reports, busy, calm, checked, memory: [start, middle, end] });
  } finally {
    await devices.stop();
    await emulator.stop();
  }
};

const serviceOf = async (bench: Bench, emulator: Program): Promise<Service> => {
  const text = String(await emulator.ask('service'));
  const { ca = '' } = await loadCertificates({ folder: bench.caDir });
  return { registry: Registry.fromConnectionString(text, { ca }), jobs: JobClient.fromConnectionString(text, { ca }) };
};

const connected = async (
  bench: Bench,
  emulator: Program,
  load: { port: number; count: number; notes: string },
): Promise<Program> => {
  const keys = (await emulator.ask('devices', load.count)) as string[]; // as bench/servers/emulator.ts answers
  await emulator.ask('twins', load.count);
  await emulator.ask('halve', load.count);
  const { hub } = await writeFleet(bench, keys);
  const options = { ...load, fleet: hub, period: 1000 };
  const devices = startProgram(
    bench.program('reports'),
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  );
  await devices.line();
  return devices;
};

const memoryOf = async (emulator: Program): Promise<Memory> => {
  const resident = Number(await emulator.ask('memory')) * 1024;
  const { heapUsed } = (await emulator.ask('heap')) as NodeJS.MemoryUsage; // as bench/servers/emulator.ts answers
  return { resident, heap: heapUsed };
};

const measured = async (
  emulator: Program,
  devices: Program,
  { reports, meanwhile }: { reports: number; meanwhile: () => Promise<void> },
): Promise<Minute> => {
  await emulator.ask('stalls', true);
  devices.say(String(reports));
  const [line] = await Promise.all([devices.line(), meanwhile()]);
  const figures = line as Figures; // as bench/load/reports.c prints
  const stalls = (await emulator.ask('stalls', false)) as Stalls; // as bench/servers/emulator.ts answers
  return { figures, stalls };
};

const JOB = 'load';
const CONFIGURATION = 'load';

/** A job for all and a configuration for half of them, at work at the same time. */
const change = async ({ registry, jobs }: Service, reports: number): Promise<void> => {
  const startAt = new Date(Date.now() + reports * 200);
  const patch = { etag: '*', tags: { wave: 1 }, properties: { desired: { interval: { seconds: 30 } } } };
  await jobs.scheduleTwinUpdate(JOB, '*', patch, startAt, 300);
  await pass(startAt.getTime() - Date.now());
  await registry.addConfiguration({
    id: CONFIGURATION,
    schemaVersion: '1.0',
    content: { deviceContent: { 'properties.desired.policy': { mode: 'eager', level: 3 } } },
    targetCondition: "tags.half = 'even'",
    priority: 1,
    metrics: { queries: {} },
  });
};

/** Throws unless the hub itself says that all was done. */
const demandDone = async ({ registry, jobs }: Service, count: number): Promise<void> => {
  const { status, deviceJobStatistics } = (await jobs.getJob(JOB)).jobStatus;
  if (status !== 'completed' || deviceJobStatistics.succeededCount !== count)
    throw new Error(`the job is ${status}: ${JSON.stringify(deviceJobStatistics)}`);
  const { systemMetrics } = (await registry.getConfiguration(CONFIGURATION)).responseBody;
  const applied = systemMetrics?.results?.appliedCount;
  if (applied !== Math.ceil(count / 2)) throw new Error(`the configuration is applied to ${applied}`);
};

const twinsOf = async ({ registry }: Service): Promise<ReadonlyMap<string, Properties>> => {
  const twins = new Map<string, Properties>();
  for await (const { deviceId, properties } of registry.createQuery('SELECT * FROM devices', 100))
    twins.set(deviceId, properties);
  return twins;
};

interface Outcome {
  readonly count: number;
  readonly reports: number;
  readonly busy: Minute;
  readonly calm: Minute;
  /** After both minutes: what was lost in either is in it. */
  readonly checked: Audit;
  readonly memory: readonly [start: Memory, middle: Memory, end: Memory];
}

const rows = (outcome: Outcome): readonly Row[] => [
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

const latencyRows = ({ busy, calm }: Outcome): readonly Row[] =>
  [
    { name: 'while job and configuration run', ...busy },
    { name: 'with reports alone', ...calm },
  ].flatMap(({ name, figures, stalls }) => [
    row(`PATCH → 204 ${name}, from the time it was due: p50`, plain(figures.p50 / 1000, 'ms')),
    row('the same: p99', plain(figures.p99 / 1000, 'ms')),
    row('the same: longest', plain(figures.longest / 1000, 'ms')),
    row('the same: longest event-loop stall of the server', judge(stalls.longest, { most: 100 }, 'ms')),
    row('the same: longest garbage collection', plain(stalls.longestCollection, 'ms')),
    row('the same: share of the time that the event loop was busy', plain(stalls.busy * 100, '%')),
  ]);

const memoryRows = ({ count, memory: [start, middle, end] }: Outcome): readonly Row[] => [
  row('heap before, devices connected', plain(start.heap / MB, 'MB')),
  row('what job and configuration leave in it, per device', plain((middle.heap - start.heap) / count, 'B')),
  row('what as many reports again leave in it, in all', judge((end.heap - middle.heap) / MB, { most: 1 }, 'MB')),
  row('resident before, devices connected', plain(start.resident / MB, 'MB')),
  row('resident after job and configuration', plain(middle.resident / MB, 'MB')),
  row('resident after as many reports again', judge(end.resident / middle.resident, { most: 1.02 })),
];

const MB = 1024 * 1024;

const row = (work: string, judgement: Judgement): Row => ({
  work,
  peer: '–',
  ours: judgement.result,
  theirs: '–',
  ...judgement,
});

const plain = (value: number, unit: string): Judgement => ({
  result: `${round(value)} ${unit}`,
  wanted: '–',
  met: undefined,
});
