import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Bench } from '../bench.ts';
import { interleave, median, medianRatio } from '../pairs.ts';
import { call, startServer } from '../program.ts';
import { judge, type Row, round } from '../report.ts';

const BUILD = fileURLToPath(new URL('../../build.mjs', import.meta.url));
const CLI = fileURLToPath(new URL('../../dist/cli/iothub-emulator.cjs', import.meta.url));

/** From the start of the process to a hub that listens; certificates exist already. */
export const start = async (bench: Bench): Promise<readonly Row[]> => {
  const ready = await coldStart(bench);
  const rounds = await interleave(bench.stats.starts, { ours: () => ready(), theirs: untilEnd });
  const [ours, theirs] = [rounds.ours ?? [], rounds.theirs ?? []];
  const work = 'cold start of the command line until ready';
  const warm = await warmStarts(bench);
  return [
    {
      work,
      peer: '`node -e 0`',
      ours: `${round(median(ours))} ms`,
      theirs: `${round(median(theirs))} ms`,
      ...judge(medianRatio(ours, theirs), { most: 1.8 }),
    },
    {
      work,
      peer: '–',
      ours: `${round(median(ours))} ms`,
      theirs: '–',
      ...judge(median(ours), { most: 250 }, 'ms'),
    },
    {
      work: '`startEmulator` in a warm process',
      peer: '–',
      ours: `${round(warm)} ms`,
      theirs: '–',
      ...judge(warm, { most: 15 }, 'ms'),
    },
  ];
};

/** A way to start what would be published, on free ports: how long it takes until it is ready, ms. */
export const coldStart = async (bench: Bench): Promise<() => Promise<number>> => {
  await call(process.execPath, [BUILD]);
  const ports = ['https', 'mqtt', 'amqp', 'admin'].map((name) => `--${name}-port=0`);
  const args = [CLI, 'start', ...ports, '--log-format=json', `--ca-dir=${bench.caDir}`];
  await untilReady(args, 'SIGINT'); // the first start after a build compiles, and saves the code for later starts unless it is killed
  return () => untilReady(args);
};

const untilReady = async (args: readonly string[], end: NodeJS.Signals = 'SIGKILL'): Promise<number> => {
  const before = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let said = '';
  // the pipe stays open: a command whose output has no reader ends at once
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (said.includes('"ready"')) break;
  }
  const took = performance.now() - before;
  if (!said.includes('"ready"')) throw new Error(`the emulator did not start: ${said}`);
  child.kill(end);
  await exited;
  return took;
};

const untilEnd = async (): Promise<number> => {
  const before = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - before;
};

const warmStarts = async (bench: Bench): Promise<number> => {
  const server = await startServer(bench.server('start'), { caDir: bench.caDir });
  try {
    const took: number[] = [];
    for (let i = 0; i < bench.stats.starts; i++) took.push(Number(await server.ask('start')));
    return median(took);
  } finally {
    await server.stop();
  }
};
