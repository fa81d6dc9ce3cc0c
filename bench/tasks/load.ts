import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { JobClient, Registry } from '../../clients/service/index.ts';
import { loadCertificates } from '../../emulator/certificates/certificates.ts';
import { audit, type Properties } from '../audit.ts';
import type { Bench } from '../bench.ts';
import { writeFleet } from '../fleet.ts';
import { freePort, type Program, startProgram, startServer } from '../program.ts';
import type { Row } from '../report.ts';
import type { Stalls } from '../servers/stalls.ts';
import { type Figures, type Memory, type Minute, type Outcome, rows, type Served } from './load-rows.ts';

interface Service {
  readonly registry: Registry;
  readonly jobs: JobClient;
}

/**
 * Many devices report once a second, while a job updates all their twins and a configuration targets half of them; then
 * the records of every device are compared with its twin. After that, they report for the same time without anything
 * else: this shows the memory. At last, with the emulator stopped, they report to a peer.
 */
export const load = async (bench: Bench): Promise<readonly Row[]> => {
  const { fleet, ...emulated } = await ofEmulator(bench);
  return rows({ ...emulated, peer: await ofPeer(bench, fleet) });
};

const ofEmulator = async (bench: Bench): Promise<Omit<Outcome, 'peer'> & { fleet: string }> => {
  const { crowd: count, reports } = bench.stats;
  const [https, port, admin] = [await freePort(), await freePort(), await freePort()];
  const emulator = await startServer(bench.server('emulator'), { https, mqtt: port, admin, caDir: bench.caDir });
  const service = await serviceOf(bench, emulator);
  const notes = join(bench.folder, 'notes.tsv');
  const fleet = await fleetOf(bench, emulator);
  const devices = await connected(bench, { port, fleet, notes });
  try {
    const before = await twinsOf(service);
    const start = await memoryOf(emulator);
    const busy = await measured({ emulator, devices, service }, reports, () => change(service, reports));
    await demandDone(service, count);
    const middle = await memoryOf(emulator);
    const calm = await measured({ emulator, devices, service }, reports, async () => {});
    const end = await memoryOf(emulator);
    const checked = await audit(notes, before, await twinsOf(service));
    return { count, reports, busy, calm, checked, memory: [start, middle, end], fleet };
  } finally {
    await devices.stop();
    await emulator.stop();
  }
};

/** Reports before the measured ones, while V8 compiles what runs often. The emulator has its first minute for that. */
const WARM_UP = 10;

/** The same devices report to stock aedes, which answers without a hub. Throws if it does not answer them all. */
const ofPeer = async (bench: Bench, fleet: string): Promise<Served> => {
  const { crowd: count, reports } = bench.stats;
  const port = await freePort();
  const aedes = await startServer(bench.server('aedes'), { port, caDir: bench.caDir });
  const devices = await connected(bench, { port, fleet, notes: join(bench.folder, 'peer.tsv') });
  try {
    await reported(devices, WARM_UP);
    await aedes.ask('stalls', true);
    const figures = await reported(devices, reports);
    const stalls = (await aedes.ask('stalls', false)) as Stalls; // as bench/servers/aedes.ts answers
    if (figures.answered !== count * reports || figures.lost > 0)
      throw new Error(`the peer does not answer all reports: ${JSON.stringify(figures)}`);
    return { figures, stalls };
  } finally {
    await devices.stop();
    await aedes.stop();
  }
};

const serviceOf = async (bench: Bench, emulator: Program): Promise<Service> => {
  const text = String(await emulator.ask('service'));
  const { ca = '' } = await loadCertificates({ folder: bench.caDir });
  return { registry: Registry.fromConnectionString(text, { ca }), jobs: JobClient.fromConnectionString(text, { ca }) };
};

/** Gives the hub its devices and twins; returns the file with the devices' credentials. */
const fleetOf = async (bench: Bench, emulator: Program): Promise<string> => {
  const { crowd: count } = bench.stats;
  const keys = (await emulator.ask('devices', count)) as string[]; // as bench/servers/emulator.ts answers
  await emulator.ask('twins', count);
  await emulator.ask('halve', count);
  return (await writeFleet(bench, keys)).hub;
};

const connected = async (bench: Bench, load: { port: number; fleet: string; notes: string }): Promise<Program> => {
  const options = { ...load, count: bench.stats.crowd, period: 1000 };
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

interface World {
  readonly emulator: Program;
  readonly devices: Program;
  readonly service: Service;
}

const measured = async (
  { emulator, devices, service }: World,
  reports: number,
  meanwhile: () => Promise<void>,
): Promise<Minute> => {
  await emulator.ask('stalls', true);
  const answered = reported(devices, reports);
  const [figures, asked] = await Promise.all([answered, askUntil(answered, service), meanwhile()]);
  const stalls = (await emulator.ask('stalls', false)) as Stalls; // as bench/servers/emulator.ts answers
  return { figures, stalls, asked };
};

/** Lets every device report so many times. */
const reported = async (devices: Program, reports: number): Promise<Figures> => {
  devices.say(String(reports));
  return (await devices.line()) as Figures; // as bench/load/reports.c prints
};

/** Reads a twin over REST every 100 ms, whether the one before was answered or not; returns how long each took, ms. */
const askUntil = async (end: Promise<unknown>, { registry }: Service): Promise<readonly number[]> => {
  const answers: Promise<number>[] = [];
  let isOver = false;
  const over = end.then(() => {
    isOver = true;
  });
  while (!isOver) {
    answers.push(timed(() => registry.getTwin('d0')));
    await Promise.race([over, pass(100)]);
  }
  return (await Promise.all(answers)).sort((a, b) => a - b);
};

const timed = async (run: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await run();
  return performance.now() - start;
};

const JOB = 'load';
const CONFIGURATION = 'load';

/** Runs a job for all devices and a configuration for half of them at the same time. */
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

/** Throws unless the hub reports that job and configuration are complete. */
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
