import { type Aggregator, loadAlasql } from './alasql.ts';
import { newTally, type Tally, tallyTally, tallyValue } from './hub/query/fold.ts';
import type { Group, Relations } from './hub/query/relations.ts';

const GROUP = 'SELECT tag, FIRST(cells) AS cells, COUNT(*) AS n, HUB_FOLD(inputs) AS tallies FROM ? GROUP BY tag';
const MERGE = 'SELECT tag, FIRST(cells) AS cells, SUM(n) AS n, HUB_MERGE(tallies) AS tallies FROM ? GROUP BY tag';

/**
 * alasql as relational executor, over rows that a condition kept: constant statements and parameters, never a user's
 * text. It is loaded when the first rows are grouped.
 */
export const alasqlRelations = (): Relations & { load(): void } => {
  let statements: ReturnType<typeof prepared> | undefined;
  const ready = () => {
    statements ??= prepared();
    return statements;
  };
  return {
    load: () => void ready(),
    group: (facts) => ready().group([facts]),
    merge: (groups) => ready().merge([groups]),
  };
};

const prepared = () => {
  const { prepare } = loadAlasql({ HUB_FOLD: folding(tallyValue), HUB_MERGE: folding(tallyTally) });
  return { group: prepare<Group>(GROUP), merge: prepare<Group>(MERGE) };
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
