import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';

/** Stage 1 begins a group, 2 goes on, 3 ends it. https://github.com/AlaSQL/alasql/wiki/User-Defined-Functions */
export type Aggregator = (value: unknown, state: unknown, stage: number) => unknown;

export type Statement<T> = (parameters: readonly unknown[]) => readonly T[];

/**
 * A copy of alasql of our own, which knows `aggregators`: its sources and sinks are emptied, and it can require nothing.
 * It is loaded without its parser, whose tables are two thirds of the time that loading takes.
 */
export const loadAlasql = (aggregators: Readonly<Record<string, Aggregator>>) => {
  const file = createRequire(import.meta.url).resolve('alasql');
  // one byte a character is the fastest to read; the few that are more are in comments and in what writes Excel files
  const source = withoutParser(readFileSync(file, 'latin1'));
  const module: { exports: unknown } = { exports: {} };
  const evaluate = compileFunction(source, ['exports', 'module', '__dirname', 'require'], { filename: file });
  evaluate(module.exports, module, dirname(file), undefined);
  const alasql = module.exports as Alasql; // whose types lack most of it
  for (const hooks of [alasql.from, alasql.into, alasql.engines])
    for (const name of Object.keys(hooks)) delete hooks[name];
  Object.assign(alasql.aggr, aggregators);
  return { prepare: <T>(text: string): Statement<T> => treeOf(text, alasql).compile<T>(alasql.useid) };
};

/** As much of alasql as is used. */
export interface Alasql {
  readonly aggr: Record<string, unknown>;
  readonly from: Record<string, unknown>;
  readonly into: Record<string, unknown>;
  readonly engines: Record<string, unknown>;
  /** The database in use. */
  readonly useid: string;
  /** What its parser makes trees of. */
  readonly yy: {
    readonly Select: new (parts: object) => { compile<T>(database: string): Statement<T> };
    readonly Column: new (parts: { columnid: string }) => object;
    readonly AggrValue: new (parts: object) => object;
    readonly ParamValue: new (parts: object) => object;
  };
}

const PARSER = { begin: 'var alasqlparser = (function(){', end: 'return new Parser;\n})();' };

/** The source of alasql without what it parses SQL with, or as it is where that is not found. */
export const withoutParser = (source: string): string => {
  const from = source.indexOf(PARSER.begin);
  const to = source.indexOf(PARSER.end, from);
  if (from < 0 || to < 0) return source;
  return `${source.slice(0, from)}var alasqlparser = {};${source.slice(to + PARSER.end.length)}`;
};

/** No quote, bracket, back-tick or backslash: nothing that alasql could take for more than a name. */
const STATEMENT = /^SELECT ([A-Za-z_(),* ]+) FROM \? GROUP BY ([a-z]+)$/;
const COLUMN = /^(?:([A-Z_]+)\(([a-z]+|\*)\) AS )?([a-z]+)$/;

/** The tree that alasql's own parser would make of a statement. Throws unless that is as simple as ours are. */
export const treeOf = (text: string, { yy, aggr }: Pick<Alasql, 'yy' | 'aggr'>) => {
  const [columns = '', key = ''] = partsOf(STATEMENT, text);
  const column = (columnid: string) => new yy.Column({ columnid });
  return new yy.Select({
    columns: columns.split(', ').map((text) => {
      const [fold, of = '', as = ''] = partsOf(COLUMN, text);
      if (fold === undefined) return column(as);
      const expression = column(of);
      return Object.hasOwn(aggr, fold)
        ? new yy.AggrValue({
            aggregatorid: 'REDUCE',
            funcid: fold,
            expression,
            args: [expression],
            distinct: false,
            as,
          })
        : new yy.AggrValue({ aggregatorid: fold, expression, as });
    }),
    from: [new yy.ParamValue({ param: 0, as: 'default' })],
    group: [column(key)],
  });
};

const partsOf = (pattern: RegExp, text: string): readonly (string | undefined)[] => {
  const match = pattern.exec(text);
  if (match === null) throw new Error(`Not a constant statement: ${text}`);
  return match.slice(1);
};
