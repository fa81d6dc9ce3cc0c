import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import { alasqlFile } from './file.ts';

/** Stage 1 starts a group, 2 continues it, 3 ends it. https://github.com/AlaSQL/alasql/wiki/User-Defined-Functions */
export type Aggregator = (value: unknown, state: unknown, stage: number) => unknown;

export type Statement<T> = (parameters: readonly unknown[]) => readonly T[];

/**
 * Loads a private copy of alasql with `aggregators`. Its sources, sinks and engines are removed, and it cannot require
 * modules. Its parser is left out: the tables of the parser take two thirds of the loading time.
 */
export const loadAlasql = (aggregators: Readonly<Record<string, Aggregator>>) => {
  const file = alasqlFile();
  // latin1 is the fastest to decode; characters outside it are only in comments and in the code that writes Excel files
  const source = withoutParser(readFileSync(file, 'latin1'));
  const module: { exports: unknown } = { exports: {} };
  const evaluate = compileFunction(source, ['exports', 'module', '__dirname', 'require'], { filename: file });
  evaluate(module.exports, module, dirname(file), undefined);
  const alasql = module.exports as Alasql; // its own types lack most of what is used
  for (const hooks of [alasql.from, alasql.into, alasql.engines])
    for (const name of Object.keys(hooks)) delete hooks[name];
  Object.assign(alasql.aggr, aggregators);
  return { prepare: <T>(text: string): Statement<T> => treeOf(text, alasql).compile<T>(alasql.useid) };
};

/** The part of alasql that is used. */
export interface Alasql {
  readonly aggr: Record<string, unknown>;
  readonly from: Record<string, unknown>;
  readonly into: Record<string, unknown>;
  readonly engines: Record<string, unknown>;
  /** The name of the current database. */
  readonly useid: string;
  /** The nodes of its syntax trees. */
  readonly yy: {
    readonly Select: new (parts: object) => { compile<T>(database: string): Statement<T> };
    readonly Column: new (parts: { columnid: string }) => object;
    readonly AggrValue: new (parts: object) => object;
    readonly ParamValue: new (parts: object) => object;
  };
}

const PARSER = { begin: 'var alasqlparser = (function(){', end: 'return new Parser;\n})();' };

/** The source of alasql without its SQL parser; unchanged if the parser is not found. */
export const withoutParser = (source: string): string => {
  const from = source.indexOf(PARSER.begin);
  const to = source.indexOf(PARSER.end, from);
  if (from < 0 || to < 0) return source;
  return `${source.slice(0, from)}var alasqlparser = {};${source.slice(to + PARSER.end.length)}`;
};

/** No quotes, brackets, backticks or backslashes: nothing that alasql could take for more than a name. */
const STATEMENT = /^SELECT ([A-Za-z_(),* ]+) FROM \? GROUP BY ([a-z]+)$/;
const COLUMN = /^(?:([A-Z_]+)\(([a-z]+|\*)\) AS )?([a-z]+)$/;

/** The syntax tree that alasql's own parser makes of a statement. Throws unless the statement is as simple as ours. */
export const treeOf = (text: string, { yy, aggr }: Pick<Alasql, 'yy' | 'aggr'>) => {
  const [columns = '', key = ''] = partsOf(STATEMENT, text);
  const column = (columnid: string) => new yy.Column({ columnid });
  return new yy.Select({
    columns: columns.split(', ').map((text) => {
      const [aggregate, of = '', as = ''] = partsOf(COLUMN, text);
      if (aggregate === undefined) return column(as);
      const expression = column(of);
      return Object.hasOwn(aggr, aggregate)
        ? new yy.AggrValue({
            aggregatorid: 'REDUCE',
            funcid: aggregate,
            expression,
            args: [expression],
            distinct: false,
            as,
          })
        : new yy.AggrValue({ aggregatorid: aggregate, expression, as });
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
