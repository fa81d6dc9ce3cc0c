import { signSas } from '../../protocol/sas.ts';
import type { Bench } from '../bench.ts';
import { writeFleet } from '../fleet.ts';
import { interleave, median, medianRatio } from '../pairs.ts';
import { freePort, type Program, run, startProgram, startServer } from '../program.ts';
import { judge, type Row, round } from '../report.ts';

type Measured = Readonly<Record<string, number>>;
type Options = Readonly<Record<string, number | string>>;

const PARTITIONS = 4;
const DEVICES = 100;
const CONSUMERS = 10;
/** What the log keeps of such events. */
const LOG = 80_000;
/** Messages per second. */
const RATE = 1000;
/** What the devices may take to connect, ms. */
const CONNECTING = 1500;

/** What the tasks work with. */
interface World {
  readonly bench: Bench;
  readonly emulator: Program;
  readonly rhea: { readonly program: Program; readonly port: number };
  readonly https: number;
  readonly mqtt: number;
  readonly fleet: string;
  readonly token: string;
}

/** From telemetry to consumers of an event hub: the log read from its start, then the live stream, and what routes cost. */
export const events = async (bench: Bench): Promise<readonly Row[]> => {
  const [https, mqtt, admin] = [await freePort(), await freePort(), await freePort()];
  const emulator = await startServer(bench.server('emulator'), { https, mqtt, admin, caDir: bench.caDir });
  const rhea = await startRhea(bench);
  try {
    const keys = (await emulator.ask('devices', DEVICES)) as string[]; // as bench/servers/emulator.ts answers
    const { hub: fleet } = await writeFleet(bench, keys);
    const token = tokenOf(String(await emulator.ask('service')));
    const world: World = { bench, emulator, rhea, https, mqtt, fleet, token };
    return [
      ...(await log(world)),
      ...(await live(world)),
      await routes(world),
      ...(await memory(world)),
      await days(bench),
    ];
  } finally {
    await Promise.all([emulator, rhea.program].map((program) => program.stop()));
  }
};

const startRhea = async ({ server, caDir }: Bench): Promise<World['rhea']> => {
  const [port, plainPort] = [await freePort(), await freePort()];
  return { program: await startServer(server('rhea'), { port, plainPort, caDir }), port };
};

const tokenOf = (connectionString: string): string => {
  const [, policy = '', key = ''] = /SharedAccessKeyName=(.*?);SharedAccessKey=(.*)/.exec(connectionString) ?? [];
  return signSas({ resource: 'localhost', key, policy, expiry: Math.floor(Date.now() / 1000) + 7200 });
};

const flags = (options: Options): (string | number)[] =>
  Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);

const ofHub = ({ https, token, emulator }: World, eventHub: string): Options => ({
  ...{ port: https, token, partitions: PARTITIONS, pids: emulator.pid },
  address: `${eventHub}/ConsumerGroups/g%d/Partitions/%d`,
});

const all = (measured: readonly Measured[] = [], figure: (m: Measured) => number): number[] => measured.map(figure);
const rate = ({ operations = 0, seconds = 0 }: Measured): number => operations / seconds;
const cpu = ({ cpu = 0, operations = 0 }: Measured): number => cpu / operations;

/** Consumers read a log that was never read before, rhea's send one event again and again. */
const log = async (world: World): Promise<readonly Row[]> => {
  const { bench, emulator, rhea } = world;
  const consumers = (options: Options) => run(bench.program('consumers'), flags({ events: LOG, ...options }));
  const read = (count: number) => async () =>
    consumers({ ...ofHub(world, String(await emulator.ask('fill', LOG))), count });
  const { one, ten, theirs } = await interleave(bench.stats.rounds, {
    one: read(1),
    ten: read(CONSUMERS),
    theirs: () => consumers({ port: rhea.port, address: 'events', pids: rhea.program.pid }),
  });
  const [ours, peer] = [median(all(one, rate)), median(all(theirs, rate))];
  const [cost, theirCost] = [median(all(one, cpu)), median(all(theirs, cpu))];
  const perEvent = (measured: readonly Measured[] | undefined): number[] => all(measured, ({ cpu = 0 }) => cpu / LOG);
  return [
    {
      work: `one consumer reads ${round(LOG)} events from the start, TLS: events per second`,
      peer: 'rhea, one event again and again',
      ours: `${round(ours)}/s`,
      theirs: `${round(peer)}/s`,
      ...judge(ours, { least: 30_000 }, 'events/s'),
    },
    {
      work: 'the same: server CPU per event',
      peer: 'rhea, one event again and again',
      ours: `${round(cost)} µs`,
      theirs: `${round(theirCost)} µs`,
      ...judge(cost, { most: 20 }, 'µs'),
    },
    {
      work: `${CONSUMERS} consumers read all of them at the same time: server CPU per event`,
      peer: 'one consumer',
      ours: `${round(median(perEvent(ten)))} µs`,
      theirs: `${round(median(perEvent(one)))} µs`,
      ...judge(medianRatio(perEvent(ten), perEvent(one)), { most: 3 }),
    },
  ];
};

/** Devices send at a rate, and consumers read what comes. */
const live = async (world: World): Promise<readonly Row[]> => {
  const { one, ten } = await interleave(world.bench.stats.rounds, {
    one: () => follow(world, 1),
    ten: () => follow(world, CONSUMERS),
  });
  const p50 = ({ p50 = 0 }: Measured): number => p50 / 1000;
  const perMessage = (measured: readonly Measured[] | undefined): number[] =>
    all(measured, ({ cpu = 0, seconds = 0 }) => cpu / seconds / RATE);
  const [age, ages] = [all(one, p50), all(ten, p50)];
  return [
    {
      work: `MQTT telemetry → consumer, TLS, ${round(RATE)} messages/s: p50`,
      ...{ peer: '–', ours: `${round(median(age))} ms`, theirs: '–' },
      ...judge(median(age), { most: 2 }, 'ms'),
    },
    {
      work: `the same with ${CONSUMERS} consumers: p50`,
      ...{ peer: 'one consumer', ours: `${round(median(ages))} ms`, theirs: `${round(median(age))} ms` },
      ...judge(medianRatio(ages, age), { most: 3 }),
    },
    {
      work: `the same with ${CONSUMERS} consumers: server CPU per message`,
      peer: 'one consumer',
      ours: `${round(median(perMessage(ten)))} µs`,
      theirs: `${round(median(perMessage(one)))} µs`,
      ...judge(medianRatio(perMessage(ten), perMessage(one)), { most: 3 }),
    },
  ];
};

const follow = async (world: World, count: number): Promise<Measured> => {
  const { bench, emulator } = world;
  const { warmUp, measure } = bench.stats;
  const eventHub = String(await emulator.ask('fill', 0));
  await emulator.ask('memory'); // what went before leaves garbage
  const consumers = startProgram(
    bench.program('consumers'),
    flags({ ...ofHub(world, eventHub), count, 'warm-up': warmUp + CONNECTING, measure }),
  );
  try {
    await consumers.line();
    const [measured] = await Promise.all([
      consumers.line(),
      send(world, { rate: RATE, 'warm-up': warmUp, measure: measure + CONNECTING + 500 }),
    ]);
    return measured;
  } finally {
    await consumers.stop();
  }
};

const send = async ({ bench, emulator, mqtt, fleet }: World, options: Options): Promise<Measured> => {
  const common = { port: mqtt, fleet, count: DEVICES, pids: emulator.pid };
  const measured = await run(bench.program('telemetry'), flags({ ...common, ...options }));
  if (measured.wrong !== 0 || measured.lost !== 0) throw new Error(`not acknowledged: ${JSON.stringify(measured)}`);
  return measured;
};

const routes = async (world: World): Promise<Row> => {
  const { bench, emulator } = world;
  const { warmUp, measure } = bench.stats;
  const sent = (count: number) => async () => {
    await emulator.ask('routes', count);
    return send(world, { 'warm-up': warmUp, measure });
  };
  const { five, none } = await interleave(bench.stats.rounds * 2, { five: sent(5), none: sent(0) });
  return {
    work: `MQTT telemetry → acknowledged, TLS, ${DEVICES} devices, 5 routes: messages per second`,
    peer: 'without routes',
    ours: `${round(median(all(five, rate)))}/s`,
    theirs: `${round(median(all(none, rate)))}/s`,
    ...judge(medianRatio(all(five, rate), all(none, rate)), { least: 0.9 }),
  };
};

/** What the events of a log occupy, before anyone has read them and after. */
const memory = async (world: World): Promise<readonly Row[]> => {
  const { bench, emulator } = world;
  const used = async (): Promise<number> => {
    await emulator.ask('memory');
    const { heapUsed, external } = (await emulator.ask('heap')) as NodeJS.MemoryUsage; // as bench/servers/emulator.ts answers
    return heapUsed + external;
  };
  await emulator.ask('fill', 0);
  const before = await used();
  const eventHub = String(await emulator.ask('fill', LOG));
  const unread = await used();
  const options = { ...ofHub(world, eventHub), events: LOG };
  const { bytes = 0 } = await run(bench.program('consumers'), flags(options));
  const read = await used();
  const row = (when: string, after: number): Row => ({
    work: `memory per kept event, ${when}`,
    peer: 'its bytes on the wire',
    ours: `${round((after - before) / LOG)} B`,
    theirs: `${round(bytes / LOG)} B`,
    ...judge((after - before) / bytes, { most: 1.3 }),
  });
  return [row('before it is read', unread), row('after it was read', read)];
};

/** Days on the hub's clock: the first ones fill what is bounded, so that the last one adds nothing. */
const days = async (bench: Bench): Promise<Row> => {
  const server = await startServer(bench.server('event-days'), { caDir: bench.caDir });
  try {
    const day = async (): Promise<number> => Number(await server.ask('day'));
    await day();
    const [before, after] = [await day(), await day()];
    return {
      work: 'a further day of 100 devices, a message a minute, on the hub’s clock: resident memory',
      peer: 'the day before',
      ours: `${round(after / 1024)} MB`,
      theirs: `${round(before / 1024)} MB`,
      ...judge(after / before, { most: 1.05 }),
    };
  } finally {
    await server.stop();
  }
};
