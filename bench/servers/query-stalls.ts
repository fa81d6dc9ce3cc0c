import { createHmac } from 'node:crypto';
import { Hub } from '../../emulator/hub/hub.ts';
import { alasqlRelations } from '../../emulator/relations.ts';
import { pump } from '../../emulator/servers/http/pump.ts';

/** What the event loop went through, in ms per turn, while scans and writes went on. */
export interface Stalls {
  readonly p999: number;
  readonly longest: number;
  readonly turns: number;
  readonly scans: number;
  readonly writesPerSecond: number;
  /** The same without scans: what the machine itself and the writes bring about. */
  readonly aloneP999: number;
  readonly aloneLongest: number;
  /** Answers that were not those of the moment at which their scan began; -1 where writes changed no answer at all. */
  readonly wrong: number;
}

// alasql is loaded once: every load costs tens of megabytes
const relations = alasqlRelations();

/** A hub that was never written to since, with the rows of another: what a scan that began now should say. */
export const copyOf = (hub: Hub): Hub =>
  new Hub({
    seed: 1,
    derive: (text) => createHmac('sha256', '1').update(text).digest('base64'),
    relations,
    fleet: hub.fleet.copy(),
  });

/** A thousand writes a second. */
const WRITES_PER_MS = 1;
/** Enough for the 999th of a thousand to mean something. */
const TURNS = 5000;
const LONGEST_RUN_MS = 40_000;
const ALONE_MS = 5000;
/** Every so many scans the answer is held against a copy's. */
const CHECKED = 5;

// battery is written all the time, and `OR false` keeps indexes out of it
const TEXT =
  'SELECT COUNT() AS n, SUM(properties.reported.battery) AS sum FROM devices WHERE properties.reported.battery < 3 OR false';

/** Scans everything again and again while devices report, until enough turns of the event loop were seen. */
export const stallsOf = async (hub: Hub, write: (i: number) => void): Promise<Stalls> => {
  const query = hub.queries.parse(TEXT);
  const turns: number[] = [];
  const told = { scans: 0, wrong: 0, changed: 0, written: 0, ms: 0 };
  const began = performance.now();
  while (turns.length < TURNS && performance.now() - began < LONGEST_RUN_MS) {
    const isChecked = told.scans % CHECKED === 0;
    const copy = isChecked ? copyOf(hub) : undefined; // before the watch: making it is no part of a scan
    const watch = watchTurns((due) => {
      for (; due > 0; due--) write(told.written++);
    }, turns);
    const answer = await pump(hub.queries.run(query), () => false);
    told.ms += await watch.stop();
    told.scans++;
    if (copy === undefined) continue;
    const then = JSON.stringify(copy.queries.runNow(query).items);
    if (then !== JSON.stringify(answer.items)) told.wrong++;
    if (then !== JSON.stringify(hub.queries.runNow(query).items)) told.changed++;
  }
  const writesPerSecond = (told.written / told.ms) * 1000;
  const alone: number[] = [];
  const watch = watchTurns((due) => {
    for (; due > 0; due--) write(told.written++);
  }, alone);
  await new Promise((done) => setTimeout(done, ALONE_MS));
  await watch.stop();
  const [scanning, quiet] = [extremesOf(turns), extremesOf(alone)];
  return {
    ...scanning,
    aloneP999: quiet.p999,
    aloneLongest: quiet.longest,
    turns: turns.length,
    scans: told.scans,
    writesPerSecond,
    wrong: told.changed === 0 ? -1 : told.wrong,
  };
};

const extremesOf = (turns: readonly number[]): { p999: number; longest: number } => {
  const sorted = Float64Array.from(turns).sort();
  return { p999: sorted[Math.floor(sorted.length * 0.999)] ?? Number.NaN, longest: sorted.at(-1) ?? Number.NaN };
};

/** Notes how long each turn takes, and calls `write` in each with as many writes as are due. */
const watchTurns = (write: (due: number) => void, turns: number[]): { stop(): Promise<number> } => {
  const start = performance.now();
  let last = start;
  let written = 0;
  let isOver = false;
  const turn = (): void => {
    const now = performance.now();
    turns.push(now - last);
    last = now;
    const due = Math.floor((now - start) * WRITES_PER_MS) - written;
    written += due;
    write(due);
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
