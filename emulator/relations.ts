import { createRequire } from 'node:module';
import { newTally, type Tally, tallyTally, tallyValue } from './hub/query/fold.ts';
import type { Group, Relations } from './hub/query/relations.ts';

/** No quote, bracket, back-tick or backslash: nothing that alasql could take for more than a name. */
const TEMPLATE = /^[A-Za-z0-9_$(),.*? ]+$/;

const GROUP = 'SELECT tag, FIRST(cells) AS cells, COUNT(*) AS n, HUB_FOLD(inputs) AS tallies FROM ? GROUP BY tag';
const MERGE = 'SELECT tag, FIRST(cells) AS cells, SUM(n) AS n, HUB_MERGE(tallies) AS tallies FROM ? GROUP BY tag';

/**
 * alasql as relational executor, over rows that a condition kept: constant statements and parameters, never a user's
 * text. The copy is ours alone, its sources and sinks emptied; it is loaded when the first rows are grouped.
 */
export const alasqlRelations = (): Relations & { load(): void } => {
  let statements: Record<'group' | 'merge', Statement> | undefined;
  const prepared = (): Record<'group' | 'merge', Statement> => {
    if (statements === undefined) {
      const alasql = loadPrivately();
      statements = { group: prepare(alasql, GROUP), merge: prepare(alasql, MERGE) };
    }
    return statements;
  };
  return {
    load: () => void prepared(),
    group: (facts) => prepared().group([facts]),
    merge: (groups) => prepared().merge([groups]),
  };
};

type Statement = (parameters: readonly unknown[]) => readonly Group[];

/** Stage 1 begins a group, 2 goes on, 3 ends it. https://github.com/AlaSQL/alasql/wiki/User-Defined-Functions */
type Aggregator = (value: unknown, state: unknown, stage: number) => unknown;

/** As much of alasql as is used. */
interface Alasql {
  readonly compile: (template: string) => Statement;
  readonly aggr: Record<string, Aggregator>;
  readonly from: Record<string, unknown>;
  readonly into: Record<string, unknown>;
  readonly engines: Record<string, unknown>;
}

const loadPrivately = (): Alasql => {
  const require = createRequire(import.meta.url);
  const file = require.resolve('alasql');
  const shared = require.cache[file];
  delete require.cache[file];
  const alasql: Alasql = require(file);
  if (shared === undefined) delete require.cache[file];
  else require.cache[file] = shared;
  for (const hooks of [alasql.from, alasql.into, alasql.engines])
    for (const name of Object.keys(hooks)) delete hooks[name];
  alasql.aggr.HUB_FOLD = folding(tallyValue);
  alasql.aggr.HUB_MERGE = folding(tallyTally);
  return alasql;
};

const prepare = (alasql: Alasql, template: string): Statement => {
  if (!TEMPLATE.test(template)) throw new Error(`Not a constant statement: ${template}`);
  return alasql.compile(template);
};

const folding =
  <T>(take: (tally: Tally, value: T) => void): Aggregator =>
  (values, state, stage) => {
    if (stage === 3) return state;
    const given = values as readonly T[]; // the column that the statement names
    const tallies = stage === 1 ? given.map(newTally) : (state as readonly Tally[]); // begun at stage 1
    tallies.forEach((tally, i) => {
      take(tally, given[i] as T); // as many as at stage 1
    });
    return tallies;
  };
