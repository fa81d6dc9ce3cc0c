import { createHmac } from 'node:crypto';
import { alasqlRelations } from '../../emulator/alasql/relations.ts';
import { Hub } from '../../emulator/hub/hub.ts';
import { takeSnapshot } from '../../emulator/hub/snapshots/snapshot.ts';
import { runInSlices } from '../../emulator/servers/http/time-slices.ts';
import { repeat } from '../pairs.ts';

/** The turns of the event loop, in ms per turn, during scans and writes. */
export interface Stalls {
  readonly p999: number;
  readonly longest: number;
  /** The same in processor time of all threads: the difference is time that other processes took. */
  readonly processorP999: number;
  readonly processorLongest: number;
  readonly turns: number;
  readonly scans: number;
  readonly writesPerSecond: number;
  /** The same without scans: the effect of the machine and the writes alone. */
  readonly aloneP999: number;
  readonly aloneLongest: number;
  /** Answers compared with a copy of the hub from the start of the scan, and how many of them differed. */
  readonly held: number;
  readonly wrong: number;
}

/** Shared by all hubs: each load of alasql takes tens of megabytes. */
export const relations = alasqlRelations();

/** A copy of a hub that is never written to: it has the answer of a scan that starts now. */
export const copyOf = (hub: Hub): Hub =>
  new Hub({
    seed: 1,
    derive: (text) => createHmac('sha256', '1').update(text).digest('base64'),
    relations,
    start: takeSnapshot(hub),
  });

/** A thousand writes a second. */
const WRITES_PER_MS = 1;
/**
 * As servers read for so long at a time (`servers/fair-turns.ts`): without it, turns would grow as long as a write takes longer than the
 * time between two.
 */
const SLICE_MS = 2;
/** Enough for a meaningful 99.9th percentile. */
const TURNS = 20_000;
const LONGEST_RUN_MS = 60_000;
const ALONE_MS = 5000;
const HELD = 10;

// battery is written all the time, and `OR false` prevents the use of indexes
const TEXT =
  'SELECT COUNT() AS n, SUM(properties.reported.battery) AS sum FROM devices WHERE properties.reported.battery < 3 OR false';
const GROUPED =
  'SELECT tags.location.plant AS plant, COUNT() AS n, AVG(properties.reported.battery) AS mean FROM devices WHERE properties.reported.battery < 50 OR false GROUP BY tags.location.plant';

/** Scans everything again and again while devices report, until enough turns of the event loop were seen. */
export const stallsOf = async (hub: Hub, write: (i: number) => void): Promise<Stalls> => {
  let written = 0;
  const writes = (due: number): void => {
    for (; due > 0; due--) write(written++);
  };
  const alone: Turn[] = [];
  const quiet = watchTurns(writes, alone);
  await new Promise((done) => setTimeout(done, ALONE_MS));
  await quiet.stop();

  const [whole, grouped] = [hub.queries.parse(TEXT), hub.queries.parse(GROUPED)];
  const turns: Turn[] = [];
  let scans = 0;
  written = 0;
  const began = performance.now();
  const watch = watchTurns(writes, turns);
  for (; turns.length < TURNS && performance.now() - began < LONGEST_RUN_MS; scans++) {
    await runInSlices(hub.queries.run(scans % 2 === 0 ? whole : grouped), () => false);
    // as the next one would come in over a socket: in a turn of its own
    await new Promise((done) => setImmediate(done));
  }
  const ms = await watch.stop();
  const [wall, processor] = [
    extremesOf(turns.map(({ ms }) => ms)),
    extremesOf(turns.map(({ processorMs }) => processorMs)),
  ];
  const without = extremesOf(alone.map(({ ms }) => ms));
  return {
    ...wall,
    processorP999: processor.p999,
    processorLongest: processor.longest,
    turns: turns.length,
    scans,
    writesPerSecond: (written / ms) * 1000,
    aloneP999: without.p999,
    aloneLongest: without.longest,
    ...(await comparedWithCopies(hub, writes)),
  };
};

/** Scans during writes. Not those that are timed, since copies make garbage. Throws if the writes change no answer. */
const comparedWithCopies = async (hub: Hub, write: (due: number) => void): Promise<{ held: number; wrong: number }> => {
  const query = hub.queries.parse(TEXT);
  const answerOf = (one: Hub): string => JSON.stringify(one.queries.runNow(query).items);
  let [wrong, changed] = [0, 0];
  const { length: held } = repeat(HELD, () => {
    const then = copyOf(hub);
    const scan = hub.queries.run(query);
    let step = scan.next();
    // one more device in each pause: far more than a thousand per second
    for (; step.done !== true; step = scan.next()) write(1);
    const before = answerOf(then);
    if (before !== JSON.stringify(step.value.items)) wrong++;
    if (before !== answerOf(hub)) changed++;
  });
  if (changed === 0) throw new Error('The writes change no answer, so the comparison shows nothing.');
  return { held, wrong };
};

interface Turn {
  readonly ms: number;
  readonly processorMs: number;
}

const extremesOf = (times: readonly number[]): { p999: number; longest: number } => {
  const sorted = Float64Array.from(times).sort();
  return { p999: sorted[Math.floor(sorted.length * 0.999)] ?? Number.NaN, longest: sorted.at(-1) ?? Number.NaN };
};

/** Records how long each turn takes, and calls `write` for those that are due, in as many turns as it takes. */
const watchTurns = (write: (due: number) => void, turns: Turn[]): { stop(): Promise<number> } => {
  const start = performance.now();
  let last = start;
  let spent = process.cpuUsage();
  let written = 0;
  let isOver = false;
  const turn = (): void => {
    const now = performance.now();
    const { user, system } = process.cpuUsage(spent);
    turns.push({ ms: now - last, processorMs: (user + system) / 1000 });
    last = now;
    spent = process.cpuUsage();
    const due = Math.floor((now - start) * WRITES_PER_MS);
    for (; written < due && performance.now() - now < SLICE_MS; written += 1) write(1);
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop: async () => {
      isOver = true;
      await new Promise((done) => setImmediate(done));
      return performance.now() - start;
    },
  };
};
