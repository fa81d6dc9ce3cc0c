import type { Bench } from '../bench.ts';
import { type FleetFiles, writeFleet } from '../fleet.ts';
import { type Mosquitto, startMosquitto } from '../mosquitto.ts';
import { interleave, median, medianRatio } from '../pairs.ts';
import { freePort, type Program, run, startServer } from '../program.ts';
import { judge, type Row, round } from '../report.ts';

type Measured = Readonly<Record<string, number>>;

const MOST_DEVICES = 1_000;

/** From a reported property to 204 over TLS: latency, rate, and CPU time of the server. */
export const mqtt = async (bench: Bench): Promise<readonly Row[]> => {
  const [https, port, admin, aedesPort] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const { caDir } = bench;
  const emulator = await startServer(bench.server('emulator'), { https, mqtt: port, admin, caDir });
  const aedes = await startServer(bench.server('aedes'), { port: aedesPort, caDir });
  const mosquitto = await startMosquitto(bench);
  try {
    const keys = (await emulator.ask('devices', MOST_DEVICES)) as string[]; // as bench/servers/emulator.ts answers
    const fleet = await writeFleet(bench, keys);
    const contenders = (count: number) => ({
      ours: () => load(bench, { port, pids: [emulator.pid], fleet: fleet.hub, count }),
      aedes: () => load(bench, { port: aedesPort, pids: [aedes.pid], fleet: fleet.hub, count }),
      mosquitto: () => load(bench, echoed(mosquitto, fleet, count)),
    });
    const { ours, mosquitto: theirs } = contenders(1);
    const one = await interleave(bench.stats.rounds, { ours, theirs });
    const hundred = await interleave(bench.stats.rounds, contenders(100));
    const thousand = await interleave(bench.stats.rounds, contenders(1_000));
    return [
      ...cpuRows(hundred, 100, 1),
      ...cpuRows(thousand, 1_000, 0.95),
      rateRow(hundred, 100, 1),
      rateRow(thousand, 1_000, 0.8),
      latencyRow(one),
    ];
  } finally {
    await Promise.all([emulator, aedes, mosquitto].map((server) => server.stop()));
  }
};

const echoed = ({ port, broker }: Mosquitto, fleet: FleetFiles, count: number): Load => ({
  port,
  pids: [broker.pid],
  fleet: fleet.broker,
  count,
});

interface Load {
  readonly port: number;
  readonly pids: readonly Program['pid'][];
  readonly fleet: string;
  readonly count: number;
}

const load = async (bench: Bench, { port, pids, fleet, count }: Load): Promise<Measured> => {
  const { warmUp, measure } = bench.stats;
  const options = { port, fleet, count, pids: pids.join(','), 'warm-up': warmUp, measure };
  const measured = await run(
    bench.program('devices'),
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  );
  if (measured.wrong !== 0 || measured.lost !== 0) throw new Error(`wrong answers: ${JSON.stringify(measured)}`);
  return measured;
};

type Rounds = Readonly<Record<string, readonly Measured[]>>;

const all = (rounds: Rounds, name: string, figure: (m: Measured) => number): readonly number[] =>
  (rounds[name] ?? []).map(figure);
const cpu = ({ cpu = 0, operations = 0 }: Measured): number => cpu / operations;
const rate = ({ operations = 0, seconds = 0 }: Measured): number => operations / seconds;
const p50 = ({ p50 = 0 }: Measured): number => p50;

const cpuRows = (rounds: Rounds, count: number, most: number): Row[] => {
  const [ours, theirs] = [all(rounds, 'ours', cpu), all(rounds, 'aedes', cpu)];
  return [
    {
      work: `reported PATCH → 204, TLS, ${round(count)} devices: server CPU per operation`,
      peer: 'stock aedes with an echo hook',
      ours: `${round(median(ours))} µs`,
      theirs: `${round(median(theirs))} µs`,
      ...judge(medianRatio(ours, theirs), { most }),
    },
  ];
};

const rateRow = (rounds: Rounds, count: number, least: number): Row => {
  const [ours, theirs] = [all(rounds, 'ours', rate), all(rounds, 'mosquitto', rate)];
  return {
    work: `the same, ${round(count)} devices: operations per second`,
    peer: 'mosquitto with an echo client',
    ours: `${round(median(ours))}/s`,
    theirs: `${round(median(theirs))}/s`,
    ...judge(medianRatio(ours, theirs), { least }),
  };
};

const latencyRow = (rounds: Rounds): Row => {
  const [ours, theirs] = [all(rounds, 'ours', p50), all(rounds, 'theirs', p50)];
  return {
    work: 'the same, one device: round trip, p50',
    peer: 'mosquitto with an echo client',
    ours: `${round(median(ours))} µs`,
    theirs: `${round(median(theirs))} µs`,
    ...judge(medianRatio(ours, theirs), { most: 1.1 }),
  };
};
