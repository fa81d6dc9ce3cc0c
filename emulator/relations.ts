import { type Aggregator, loadAlasql, type Statement } from './alasql.ts';
import type { Value } from './hub/query/ast.ts';
import { newTally, type Tally, tallyValue } from './hub/query/fold.ts';
import type { Group, Relations } from './hub/query/relations.ts';

const GROUP = 'SELECT tag, FIRST(cells) AS cells, COUNT(*) AS n, HUB_FOLD(inputs) AS tallies FROM ? GROUP BY tag';

/**
 * alasql as relational executor, over rows that a condition kept: a constant statement and parameters, never a user's
 * text. It is loaded when the first rows are grouped.
 */
export const alasqlRelations = (): Relations & { load(): void } => {
  let statement: Statement<Group> | undefined;
  const prepared = (): Statement<Group> => {
    statement ??= loadAlasql({ HUB_FOLD: fold }).prepare<Group>(GROUP);
    return statement;
  };
  return {
    load: () => void prepared(),
    group: (facts) => prepared()([facts]),
  };
};

const fold: Aggregator = (values, state, stage) => {
  if (stage === 3) return state;
  const inputs = values as readonly Value[]; // the column that the statement names
  const tallies = stage === 1 ? inputs.map(newTally) : (state as readonly Tally[]); // begun at stage 1
  // a closure for each row would be most of a scan's garbage
  for (let i = 0; i < tallies.length; i++) tallyValue(tallies[i] as Tally, inputs[i]); // as many as at stage 1
  return tallies;
};
