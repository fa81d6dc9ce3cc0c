import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { run, startProgram } from '../program.ts';
import { judge, type Row, round } from '../report.ts';

const MEMORY = 14_000;

/** Queries over fleets of three sizes, each in its own process, and then SQLite in another process. */
export const query = async (bench: Bench): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (const count of bench.stats.fleets) {
    const flags = ['--expose-gc', `--max-old-space-size=${MEMORY}`];
    const { rounds } = bench.stats;
    const [twins, database] = [join(bench.folder, 'twins'), join(bench.folder, 'sqlite')];
    const ours = await run(process.execPath, [...flags, bench.server('query'), count, rounds, twins]);
    const sqlite = await askSqlite([bench.server('sqlite'), twins, database, rounds]);
    if (ours.matches !== sqlite.matches) throw new Error(`${ours.matches} twins match, SQLite finds ${sqlite.matches}`);
    await Promise.all([twins, database].map((file) => rm(file)));
    rows.push(...rowsOf(count, (name) => ours[name] ?? sqlite[name] ?? Number.NaN));
  }
  return rows;
};

/** Its process is killed: Node may wait forever at its end. https://github.com/nodejs/node/issues/54918 */
const askSqlite = async (args: readonly (string | number)[]) => {
  const program = startProgram(process.execPath, args);
  try {
    return await program.line();
  } finally {
    await program.stop();
  }
};

const INDEXES = [
  ['statusBytes', '3 values'],
  ['batteryBytes', '101 values'],
  ['buildBytes', '1000 values'],
  ['sessionBytes', 'a value for each twin'],
] as const;

const RANGES = [
  ['statusRange', 'by a range of 3 values'],
  ['batteryRange', 'by a range of 101 values'],
  ['buildRange', 'by a prefix of 1000 values'],
  ['sessionRange', 'by a range of values that differ for each twin'],
  ['prefix', 'by a prefix of values that differ for each twin'],
] as const;

const rowsOf = (count: number, figure: (name: string) => number): readonly Row[] => {
  const fleet = `${round(count)} twins`;
  const ms = (name: string): string => `${round(figure(name))} ms`;
  const alone = (work: string, ours: string, judgement: Pick<Row, 'result' | 'wanted' | 'met'>): Row => ({
    work: `${fleet}: ${work}`,
    peer: '–',
    ours,
    theirs: '–',
    ...judgement,
  });
  const told = (work: string, ours: string): Row => alone(work, ours, { result: ours, wanted: '–', met: undefined });
  const beside = (work: string, name: string, peer: { name: string; of: string }): Row => ({
    work: `${fleet}: ${work}`,
    peer: peer.name,
    ours: ms(name),
    theirs: ms(peer.of),
    result: `${(figure(name) / figure(peer.of)).toFixed(2)} ×`,
    wanted: '–',
    met: undefined,
  });
  const isLargest = count >= 1_000_000;
  return [
    {
      ...beside('scan with a compound condition', 'scan', { name: 'alasql, native', of: 'alasqlScan' }),
      ...judge(figure('scanRatio'), { most: 0.5 }),
    },
    alone('first page of 100 by an indexed tag, one column', ms('page'), judge(figure('page'), { most: 0.1 }, 'ms')),
    told('the same, whole twins', ms('wholePage')),
    alone('rows examined for it', String(figure('examined')), judge(figure('examined'), { most: 101 }, 'rows')),
    told('`COUNT() … GROUP BY` an indexed path', ms('grouped')),
    alone(
      'rows examined for it',
      String(figure('groupedExamined')),
      judge(figure('groupedExamined'), { most: 0 }, 'rows'),
    ),
    alone(
      '`COUNT(), AVG() … GROUP BY` a path of 1000 values, all twins examined',
      ms('groupedScan'),
      judge(figure('groupedScan'), { most: 500 }, 'ms'),
    ),
    alone('the longest step of it', ms('groupedStep'), judge(figure('groupedStep'), { most: 10 }, 'ms')),
    ...RANGES.map(([name, work]) =>
      alone(`first page of 100, one column, ${work}`, ms(name), judge(figure(name), { most: 0.2 }, 'ms')),
    ),
    told('the first aggregate of all loads alasql first', ms('loading')),
    told('report of four properties, none of them indexed', `${round(figure('bareWrite'))} µs`),
    alone(
      'index upkeep per path and write, all four indexed and changed',
      `${round(figure('upkeep'))} µs`,
      judge(figure('upkeep'), { most: 5 }, 'µs'),
    ),
    alone(
      'the same, all four in order for ranges',
      `${round(figure('orderedUpkeep'))} µs`,
      judge(figure('orderedUpkeep'), { most: 5 }, 'µs'),
    ),
    told(`memory per twin (${figure('documentBytes')} bytes of JSON)`, `${round(figure('bytesPerTwin'))} B`),
    // less than a few megabytes is noise
    ...(count < 100_000 ? [] : INDEXES).map(([name, values]) =>
      told(`memory per twin and index, ${values}`, `${round(figure(name))} B`),
    ),
    ...(count < 100_000 ? [] : [told('memory per twin for the order of all four', `${round(figure('orderBytes'))} B`)]),
    alone(
      `event-loop stall p99.9 under ${figure('scans')} scans and ${round(figure('writesPerSecond'))} writes/s`,
      ms('p999'),
      judge(figure('p999'), { most: 10 }, 'ms'),
    ),
    alone(`the longest of ${figure('turns')} turns`, ms('longest'), judge(figure('longest'), { most: 30 }, 'ms')),
    told('in processor time, garbage collection included', `${ms('processorP999')}, ${ms('processorLongest')}`),
    told('without scans: p99.9 and the longest', `${ms('aloneP999')}, ${ms('aloneLongest')}`),
    alone(
      `answers under writes that are not of one moment, of ${figure('held')} held against a copy`,
      String(figure('wrong')),
      judge(figure('wrong'), { most: 0 }, 'answers'),
    ),
    ...(isLargest
      ? [alone('memory of all twins', '', judge((figure('bytesPerTwin') * count) / 2 ** 30, { most: 3 }, 'GB'))]
      : []),
    beside('scan with a compound condition', 'scan', { name: 'SQLite', of: 'sqliteScan' }),
    beside('first page, whole twins', 'wholePage', { name: 'SQLite without index', of: 'sqlitePage' }),
    beside('first page, whole twins', 'wholePage', {
      name: 'SQLite with expression index',
      of: 'sqliteIndexedPage',
    }),
    {
      ...told('filling the table, and making that index', '–'),
      peer: 'SQLite',
      theirs: `${ms('sqliteInsert')}, ${ms('sqliteIndex')}`,
      result: '–',
    },
  ];
};
