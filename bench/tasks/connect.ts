import type { Bench } from '../bench.ts';
import { writeFleet } from '../fleet.ts';
import { startMosquitto } from '../mosquitto.ts';
import { interleave, median, medianRatio } from '../pairs.ts';
import { freePort, startProgram, startServer } from '../program.ts';
import { judge, type Row, round } from '../report.ts';

interface Storm {
  /** From the first SYN to the last CONNACK, s. */
  readonly seconds: number;
  readonly lost: number;
  readonly sessions: number;
  /** Resident memory per connected device, including its identity, twin and session, KB. */
  readonly memory: number;
}

/** All devices connect at once to a new process, as after a restart. Then the memory per device is measured. */
export const connect = async (bench: Bench): Promise<readonly Row[]> => {
  const { storm, storms } = bench.stats;
  const rounds = await interleave<Storm>(storms, {
    ours: () => ourStorm(bench, storm),
    theirs: () => theirStorm(bench, storm),
  });
  const [ours, theirs] = [rounds.ours ?? [], rounds.theirs ?? []];
  const rate = ({ seconds }: Storm) => storm / seconds;
  const lost = ours.reduce((sum, round) => sum + round.lost, 0);
  const theirLost = theirs.reduce((sum, round) => sum + round.lost, 0);
  const sessions = ours.every((round) => round.sessions === storm);
  const name = `${round(storm)} TLS CONNECTs at once`;
  const memory = median(ours.map((round) => round.memory));
  return [
    {
      work: `${name}: connections per second`,
      peer: 'mosquitto',
      ours: `${round(median(ours.map(rate)))}/s`,
      theirs: `${round(median(theirs.map(rate)))}/s`,
      ...judge(medianRatio(ours.map(rate), theirs.map(rate)), { least: 0.6 }),
    },
    {
      work: `${name}: lost, all rounds`,
      peer: 'mosquitto',
      ours: String(lost),
      theirs: String(theirLost),
      ...judge(lost, { most: 0 }, 'lost'),
    },
    {
      work: `${name}: sessions afterwards`,
      peer: '–',
      ours: [...new Set(ours.map((round) => round.sessions))].join(', '),
      theirs: '–',
      result: sessions ? 'one per device' : 'not one per device',
      wanted: 'one per device',
      met: sessions,
    },
    {
      work: `resident memory per idle TLS device with a 1 KB twin, at ${round(storm)}`,
      peer: '–',
      ours: `${round(memory)} KB`,
      theirs: '–',
      ...judge(memory, { most: 45 }, 'KB'),
    },
  ];
};

const ourStorm = async (bench: Bench, count: number): Promise<Storm> => {
  const [https, port, admin] = [await freePort(), await freePort(), await freePort()];
  const emulator = await startServer(bench.server('emulator'), { https, mqtt: port, admin, caDir: bench.caDir });
  try {
    const before = Number(await emulator.ask('memory'));
    const keys = (await emulator.ask('devices', count)) as string[]; // as bench/servers/emulator.ts answers
    await emulator.ask('twins', count);
    const { hub } = await writeFleet(bench, keys);
    return await dial(bench, { port, fleet: hub, count }, async () => ({
      sessions: Number(await emulator.ask('sessions')),
      memory: (Number(await emulator.ask('memory')) - before) / count,
    }));
  } finally {
    await emulator.stop();
  }
};

const theirStorm = async (bench: Bench, count: number): Promise<Storm> => {
  const mosquitto = await startMosquitto(bench);
  try {
    const { broker } = await writeFleet(
      bench,
      Array.from({ length: count }, () => ''),
    );
    return await dial(bench, { port: mosquitto.port, fleet: broker, count }, async () => ({ sessions: 0, memory: 0 }));
  } finally {
    await mosquitto.stop();
  }
};

/** Connects all at once, measures the server, and disconnects. */
const dial = async (
  bench: Bench,
  load: { port: number; fleet: string; count: number },
  look: () => Promise<Pick<Storm, 'sessions' | 'memory'>>,
): Promise<Storm> => {
  const options = { ...load, burst: load.count, hold: 1 };
  const devices = startProgram(
    bench.program('devices'),
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  );
  try {
    const { seconds = 0 } = await devices.line();
    const seen = await look();
    devices.finish();
    const { left = 0 } = await devices.line();
    return { seconds, lost: load.count - left, ...seen };
  } finally {
    await devices.stop();
  }
};
