import { addValue, newTally, type Tally } from '../hub/query/aggregates.ts';
import type { Value } from '../hub/query/ast.ts';
import type { Group, Relations } from '../hub/query/relations.ts';
import { type Aggregator, loadAlasql, type Statement } from './load.ts';

const GROUP = 'SELECT tag, FIRST(cells) AS cells, COUNT(*) AS n, HUB_TALLY(inputs) AS tallies FROM ? GROUP BY tag';

/**
 * Groups rows with alasql: a constant statement and parameters, never a text of a user. alasql is loaded when the first
 * rows are grouped.
 */
export const alasqlRelations = (): Relations & { load(): void } => {
  let statement: Statement<Group> | undefined;
  const prepared = (): Statement<Group> => {
    statement ??= loadAlasql({ HUB_TALLY: tally }).prepare<Group>(GROUP);
    return statement;
  };
  return {
    load: () => void prepared(),
    group: (rows) => prepared()([rows]),
  };
};

const tally: Aggregator = (values, state, stage) => {
  if (stage === 3) return state;
  const inputs = values as readonly Value[]; // the column `inputs`
  const tallies = stage === 1 ? inputs.map(newTally) : (state as readonly Tally[]); // what stage 1 returned
  // a closure per row would be most of the garbage of a scan
  for (let i = 0; i < tallies.length; i++) addValue(tallies[i] as Tally, inputs[i]); // i is below the length
  return tallies;
};
