import { addTallies, type Tally } from '../hub/query/aggregates.ts';
import type { Group, Relations } from '../hub/query/relations.ts';
import { type Aggregator, loadAlasql, type Statement } from './load.ts';

const GROUP = 'SELECT tag, FIRST(cells) AS cells, SUM(n) AS n, HUB_TALLY(tallies) AS tallies FROM ? GROUP BY tag';

/**
 * Groups with alasql: a constant statement and parameters, never a text of a user. alasql is loaded when the first batch
 * is grouped.
 */
export const alasqlRelations = (): Relations & { load(): void } => {
  let statement: Statement<Group> | undefined;
  const prepared = (): Statement<Group> => {
    statement ??= loadAlasql({ HUB_TALLY: tally }).prepare<Group>(GROUP);
    return statement;
  };
  return {
    load: () => void prepared(),
    group: (parts) => prepared()([parts]),
  };
};

const tally: Aggregator = (values, state, stage) => {
  if (stage === 1) return values; // the column `tallies`
  if (stage === 2) addTallies(state as readonly Tally[], values as readonly Tally[]); // what stage 1 returned, the column
  return state;
};
