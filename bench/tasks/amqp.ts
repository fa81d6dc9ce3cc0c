import type { Bench } from '../bench.ts';
import { interleave, median, medianRatio } from '../pairs.ts';
import { freePort, type Program, run, startProgram, startServer } from '../program.ts';
import { type Proton, startProton } from '../proton.ts';
import { judge, type Row, round } from '../report.ts';
import type { CodecWork } from '../servers/amqp-codec.ts';
import { amqpQueues } from './amqp-queues.ts';

type Measured = Readonly<Record<string, number>>;
type Rounds = Readonly<Record<string, readonly Measured[]>>;

interface Server {
  readonly program: Program;
  readonly port: number;
  readonly plainPort: number;
}

/** The AMQP engine beside rhea and Qpid Proton: its codec, telemetry, an event stream, what a connection costs; and full queues. */
export const amqp = async (bench: Bench): Promise<readonly Row[]> => [
  ...(await codec(bench)),
  ...(await telemetry(bench)),
  ...(await connections(bench)),
  ...(await amqpQueues(bench)),
];

const start = async (bench: Bench, name: 'amqp-engine' | 'rhea'): Promise<Server> => {
  const [port, plainPort] = [await freePort(), await freePort()];
  return { program: await startServer(bench.server(name), { port, plainPort, caDir: bench.caDir }), port, plainPort };
};

const codec = async (bench: Bench): Promise<readonly Row[]> => {
  const server = await startServer(bench.server('amqp-codec'), {});
  const row = async (work: CodecWork, most: number): Promise<Row> => {
    const ask = (who: string) => async () => ({ cpu: Number(await server.ask(who, work)) });
    const rounds = await interleave(bench.stats.rounds * 2, { ours: ask('ours'), theirs: ask('theirs') });
    const [ours, theirs] = [all(rounds, 'ours', cpu), all(rounds, 'theirs', cpu)];
    return {
      work: `codec: ${work}`,
      peer: 'rhea',
      ours: `${round(median(ours))} µs`,
      theirs: `${round(median(theirs))} µs`,
      ...judge(medianRatio(ours, theirs), { most }),
    };
  };
  try {
    return [
      await row('read a telemetry message', 0.5),
      await row('write an event', 0.5),
      await row('write a disposition', 0.5),
    ];
  } finally {
    await server.stop();
  }
};

const telemetry = async (bench: Bench): Promise<readonly Row[]> => {
  const [ours, rhea, proton] = [
    await start(bench, 'amqp-engine'),
    await start(bench, 'rhea'),
    await startProton(bench),
  ];
  const tls = (count: number, outstanding = 1) => {
    const contender =
      ({ program, port }: Server) =>
      () =>
        send(bench, { port, count, outstanding, pids: program.pid });
    return interleave(bench.stats.rounds, { ours: contender(ours), theirs: contender(rhea) });
  };
  const reader = (credit: number) => {
    const contender =
      ({ program, port }: Server) =>
      () =>
        read(bench, { port, credit, pids: program.pid });
    return interleave(bench.stats.rounds, { ours: contender(ours), theirs: contender(rhea) });
  };
  try {
    const [hundred, thousand] = [await tls(100), await tls(1000)];
    return [
      rateRow(hundred, 'telemetry → accepted, TLS, 100 devices', 'rhea', 2),
      costRow(hundred, 'the same: server CPU per message', 40),
      rateRow(thousand, 'telemetry → accepted, TLS, 1 000 devices', 'rhea'),
      costRow(thousand, 'the same: server CPU per message', 60),
      rateRow(await tls(1, 100), 'telemetry → accepted, TLS, one device, 100 outstanding', 'rhea', 2),
      rateRow(
        await plain(bench, ours, proton),
        'telemetry → accepted, plain, 100 devices',
        'Proton’s example broker',
        0.4,
      ),
      ...readerRows(await reader(300), 300),
      ...readerRows(await reader(3000), 3000),
    ];
  } finally {
    await Promise.all([ours.program, rhea.program, proton.broker].map((program) => program.stop()));
  }
};

const plain = (bench: Bench, ours: Server, proton: Proton): Promise<Rounds> =>
  interleave(bench.stats.rounds, {
    ours: () => send(bench, { port: ours.plainPort, count: 100, pids: ours.program.pid, tls: 0, token: 0, burst: 10 }),
    // it listens with a backlog of 16 and knows of no tokens
    theirs: () => send(bench, { port: proton.port, count: 100, pids: proton.broker.pid, tls: 0, token: 0, burst: 10 }),
  });

const send = async (bench: Bench, options: Measured): Promise<Measured> => {
  const measured = await load(bench, 'amqp-devices', options);
  if (measured.wrong !== 0 || measured.lost !== 0) throw new Error(`wrong answers: ${JSON.stringify(measured)}`);
  return measured;
};

const read = (bench: Bench, options: Measured): Promise<Measured> =>
  load(bench, 'amqp-reader', { ...options, address: 'events' });

const load = (
  bench: Bench,
  program: 'amqp-devices' | 'amqp-reader',
  options: Readonly<Record<string, number | string>>,
): Promise<Measured> => {
  const { warmUp, measure } = bench.stats;
  return run(bench.program(program), flags({ ...options, 'warm-up': warmUp, measure }));
};

const flags = (options: Readonly<Record<string, number | string>>): (string | number)[] =>
  Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);

const all = (rounds: Rounds, name: string, figure: (m: Measured) => number): readonly number[] =>
  (rounds[name] ?? []).map(figure);
const cpu = ({ cpu = 0, operations = 1 }: Measured): number => cpu / operations;
const rate = ({ operations = 0, seconds = 0 }: Measured): number => operations / seconds;

const rateRow = (rounds: Rounds, work: string, peer: string, least?: number): Row => {
  const [ours, theirs] = [all(rounds, 'ours', rate), all(rounds, 'theirs', rate)];
  return {
    work,
    peer,
    ours: `${round(median(ours))}/s`,
    theirs: `${round(median(theirs))}/s`,
    ...judge(medianRatio(ours, theirs), { least: least ?? 0 }),
    ...(least === undefined ? { wanted: '–', met: undefined } : {}),
  };
};

const costRow = (rounds: Rounds, work: string, most: number): Row => {
  const [ours, theirs] = [median(all(rounds, 'ours', cpu)), median(all(rounds, 'theirs', cpu))];
  return {
    work,
    peer: 'rhea',
    ours: `${round(ours)} µs`,
    theirs: `${round(theirs)} µs`,
    ...judge(ours, { most }, 'µs'),
  };
};

const readerRows = (rounds: Rounds, credit: number): readonly Row[] => {
  const [ours, theirs] = [median(all(rounds, 'ours', rate)), median(all(rounds, 'theirs', rate))];
  return [
    {
      work: `event stream, TLS, one consumer with a credit of ${round(credit)}: events per second`,
      peer: 'rhea, bytes shared too',
      ours: `${round(ours)}/s`,
      theirs: `${round(theirs)}/s`,
      ...judge(ours, { least: 30_000 }, 'events/s'),
    },
    costRow(rounds, 'the same: server CPU per event', 20),
  ];
};

interface Storm {
  readonly up: number;
  /** Server CPU per connection, ms. */
  readonly cpu: number;
  /** Resident memory per connection, KB. */
  readonly memory: number;
}

/** All connect at once to a fresh process, put a token, attach their links and stay. */
const connections = async (bench: Bench): Promise<readonly Row[]> => {
  const contender = (name: 'amqp-engine' | 'rhea', count: number) => () => storm(bench, name, count);
  const thousand = await interleave<Storm>(bench.stats.storms, {
    ours: contender('amqp-engine', 1000),
    theirs: contender('rhea', 1000),
  });
  const idle = await interleave<Storm>(bench.stats.storms, {
    ours: contender('amqp-engine', 4000),
    theirs: contender('rhea', 4000),
  });
  const figures = (
    rounds: Readonly<Record<string, readonly Storm[]>>,
    name: string,
    figure: (storm: Storm) => number,
  ) => median((rounds[name] ?? []).map(figure));
  const up = Math.min(...(thousand.ours ?? []).map((round) => round.up));
  const [cpuOurs, cpuTheirs] = ['ours', 'theirs'].map((name) => figures(thousand, name, ({ cpu }) => cpu));
  const [ours, theirs] = ['ours', 'theirs'].map((name) => figures(idle, name, ({ memory }) => memory));
  return [
    {
      work: '1 000 TLS connections at once, token and links included: up',
      peer: '–',
      ours: String(up),
      theirs: '–',
      ...judge(up, { least: 1000 }, 'up'),
    },
    {
      work: 'the same: server CPU per connection',
      peer: 'rhea',
      ours: `${round(cpuOurs ?? 0)} ms`,
      theirs: `${round(cpuTheirs ?? 0)} ms`,
      ...judge(cpuOurs ?? 0, { most: 2 }, 'ms'),
    },
    {
      work: 'resident memory per idle TLS device with token and four links, at 4 000',
      peer: 'rhea',
      ours: `${round(ours ?? 0)} KB`,
      theirs: `${round(theirs ?? 0)} KB`,
      ...judge(ours ?? 0, { most: 60 }, 'KB'),
    },
  ];
};

const storm = async (bench: Bench, name: 'amqp-engine' | 'rhea', count: number): Promise<Storm> => {
  const { program, port } = await start(bench, name);
  const before = Number(await program.ask('memory'));
  const spent = Number(await program.ask('cpu'));
  const devices = startProgram(bench.program('amqp-devices'), flags({ port, count, burst: count, hold: 1 }));
  try {
    const { up = 0 } = await devices.line();
    const cpu = (Number(await program.ask('cpu')) - spent) / count;
    return { up, cpu, memory: (Number(await program.ask('memory')) - before) / count };
  } finally {
    await devices.stop();
    await program.stop();
  }
};
