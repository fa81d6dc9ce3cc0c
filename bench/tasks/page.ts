import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../../test/page/support/browser.ts';
import { frames, p95 } from '../../test/page/support/frames.ts';
import type { Bench } from '../bench.ts';
import { writeFleet } from '../fleet.ts';
import { type Contender, interleave, median, medianRatio } from '../pairs.ts';
import { freePort, type Program, run, startProgram, startServer } from '../program.ts';
import { judge, type Row, round } from '../report.ts';
import { buildPackage, sizes } from './page-sizes.ts';

const DEVICES = 100;
/** ms between two reports of a device: a thousand a second of all. */
const PERIOD = 100;
const BLANK = 'about:blank';

/** Processor time of the hub for a report, µs; reports per second; and times between frames, ms. */
interface Measured {
  readonly cpu: number;
  readonly rate: number;
  readonly frames?: readonly number[];
}

/** What the tasks work with. */
interface World {
  readonly bench: Bench;
  readonly emulator: Program;
  readonly feed: Program;
  readonly page: Page;
  readonly port: number;
  /** Where the page is. */
  readonly url: string;
  readonly fleet: string;
}

/** What a page that watches costs a hub, and what a browser shows meanwhile. */
export const page = async (bench: Bench): Promise<readonly Row[]> => {
  await buildPackage(bench);
  const [https, port, admin] = [await freePort(), await freePort(), await freePort()];
  const emulator = await startServer(bench.server('emulator'), { https, mqtt: port, admin, caDir: bench.caDir });
  const feed = await startServer(bench.server('feed'), {});
  const browser = await launchBrowser();
  try {
    const keys = (await emulator.ask('devices', DEVICES)) as string[]; // as bench/servers/emulator.ts answers
    const { hub: fleet } = await writeFleet(bench, keys);
    const shown = await browser.newPage();
    const world: World = { bench, emulator, feed, page: shown, port, url: `http://localhost:${admin}`, fleet };
    return [...(await saturated(world)), ...(await steady(world)), ...(await sizes(bench))];
  } finally {
    await browser.close();
    await Promise.all([emulator, feed].map((program) => program.stop()));
  }
};

/** Devices report as fast as the hub answers. */
const saturated = async (world: World): Promise<readonly Row[]> => {
  const rounds = await interleave(world.bench.stats.rounds, {
    alone: () => load(world),
    read: reading(world, () => load(world)),
    watched: watching(world, 'overview', () => load(world)),
  });
  const work = `reported PATCH → 204, TLS, ${DEVICES} devices, as fast as the hub answers`;
  const told = 'the feed of the page read by a process of low priority';
  return [
    ratioRow(`${work}; Overview open in Chromium: server CPU per operation`, rounds, 'watched', 'cpu', { most: 1.05 }),
    ratioRow(`the same; ${told}: server CPU per operation`, rounds, 'read', 'cpu', { most: 1.05 }),
    ratioRow(`the same; ${told}: operations per second`, rounds, 'read', 'rate', { least: 0.95 }),
    ratioRow(
      'the same; Overview open in Chromium, which takes processor time too: operations per second',
      rounds,
      'watched',
      'rate',
    ),
  ];
};

const load = async ({ bench, emulator, port, fleet }: World): Promise<Measured> => {
  const { warmUp, measure } = bench.stats;
  const options = { port, fleet, count: DEVICES, pids: emulator.pid, 'warm-up': warmUp, measure };
  const {
    operations = 0,
    seconds = 0,
    cpu = 0,
    wrong,
    lost,
  } = await run(bench.program('devices'), argumentsOf(options));
  if (wrong !== 0 || lost !== 0) throw new Error(`wrong answers: ${wrong}, lost connections: ${lost}`);
  return { cpu: cpu / operations, rate: operations / seconds };
};

const argumentsOf = (options: object): (string | number)[] =>
  Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);

/** Measures while a process reads what the page would be sent. */
const reading =
  ({ feed, url }: World, measure: Contender<Measured>): Contender<Measured> =>
  async () => {
    await feed.ask('open', url);
    const measured = await measure();
    await feed.ask('close');
    return measured;
  };

/** Measures while the page shows a place. */
const watching =
  ({ page: shown, url }: World, place: string, measure: Contender<Measured>): Contender<Measured> =>
  async () => {
    await shown.goto(`${url}/hub/localhost/${place}`);
    await shown.locator('main > *').first().waitFor();
    const measured = await measure();
    await shown.goto(BLANK);
    return measured;
  };

/** A thousand reports a second. */
const steady = async (world: World): Promise<readonly Row[]> => {
  const { bench, port, fleet } = world;
  const notes = join(bench.folder, 'page-notes.tsv');
  const devices = startProgram(
    bench.program('reports'),
    argumentsOf({ port, fleet, count: DEVICES, period: PERIOD, notes }),
  );
  try {
    await devices.line();
    const rounds = await interleave(bench.stats.rounds, {
      alone: () => thousand(world, devices),
      watched: watching(world, 'traffic', () => thousand(world, devices)),
    });
    const times = (rounds.watched ?? []).map(({ frames: each = [] }) => p95(each));
    const work = `${round((DEVICES * 1000) / PERIOD)} reports a second`;
    return [
      ratioRow(`${work}; Traffic open in Chromium: server CPU per operation`, rounds, 'watched', 'cpu'),
      ratioRow(`the same: reports answered per second`, rounds, 'watched', 'rate', { least: 0.95 }),
      {
        work: 'the same: time between two frames of the page, p95',
        peer: '–',
        ours: `${round(median(times))} ms`,
        theirs: '–',
        ...judge(median(times), { most: 33 }, 'ms'),
      },
    ];
  } finally {
    await devices.stop();
  }
};

const thousand = async ({ bench, emulator, page: shown }: World, devices: Program): Promise<Measured> => {
  const before = Number(await emulator.ask('cpu'));
  devices.say(String(Math.ceil(bench.stats.measure / PERIOD)));
  const painted = shown.url() === BLANK ? undefined : frames(shown, bench.stats.measure / 1000);
  const { answered = 0, seconds = 0 } = await devices.line();
  const cpu = Number(await emulator.ask('cpu')) - before;
  const measured = { cpu: (cpu * 1000) / answered, rate: answered / seconds };
  return painted === undefined ? measured : { ...measured, frames: await painted };
};

const UNITS = { cpu: ' µs', rate: '/s' } as const;

/** A figure beside the same without a page. */
const ratioRow = (
  work: string,
  rounds: Readonly<Record<string, readonly Measured[]>>,
  name: string,
  figure: keyof typeof UNITS,
  bound?: { least: number } | { most: number },
): Row => {
  const all = (side: string): readonly number[] => (rounds[side] ?? []).map((measured) => measured[figure]);
  const [ours, theirs] = [all(name), all('alone')];
  const ratio = medianRatio(ours, theirs);
  return {
    work,
    peer: 'no page',
    ours: `${round(median(ours))}${UNITS[figure]}`,
    theirs: `${round(median(theirs))}${UNITS[figure]}`,
    ...(bound === undefined ? { result: `${ratio.toFixed(2)} ×`, wanted: '–', met: undefined } : judge(ratio, bound)),
  };
};
