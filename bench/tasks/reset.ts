import type { Bench } from '../bench.ts';
import { median } from '../pairs.ts';
import { startServer } from '../program.ts';
import { judge, type Row, round } from '../report.ts';

/** The time of reset, fork, snapshot and restore. Every twin is changed before each reset and restore. */
export const reset = async (bench: Bench): Promise<readonly Row[]> => {
  const small = await times(bench, 10_000, ['reset', 'fork', 'forkAndCreate']);
  const large = await times(bench, 100_000, ['snapshot', 'restore']);
  return [
    row('reset, 10 000 twins', small.reset, 2.5),
    row('fork, 10 000 twins', small.fork, 2.5),
    row('fork and create a device, 10 000 twins', small.forkAndCreate),
    row('snapshot, 100 000 twins', large.snapshot),
    row('restore, 100 000 twins', large.restore),
  ];
};

const row = (work: string, took = Number.NaN, most?: number): Row => ({
  work,
  peer: '–',
  ours: `${round(took)} ms`,
  theirs: '–',
  ...(most === undefined ? { result: `${round(took)} ms`, wanted: '–', met: undefined } : judge(took, { most }, 'ms')),
});

const times = async (
  bench: Bench,
  count: number,
  questions: readonly string[],
): Promise<Readonly<Record<string, number>>> => {
  const server = await startServer(bench.server('reset'), { caDir: bench.caDir, count });
  try {
    const took: Record<string, number> = {};
    for (const question of questions) {
      const all: number[] = [];
      for (let i = 0; i < bench.stats.starts; i++) all.push(Number(await server.ask(question)));
      took[question] = median(all);
    }
    return took;
  } finally {
    await server.stop();
  }
};
