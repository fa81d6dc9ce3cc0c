import type { Comparison, Expression, Path, Query, Scalar } from './ast.ts';
import { compare, MIRRORED } from './compare.ts';
import { intersection, type Range, rangeOf, startingWith } from './range.ts';

/** A part of a condition that an index can answer: a path has one of some values, has one in a range, or exists. */
export interface Lookup {
  readonly path: Path;
  /** undefined: any value, if there is no range. */
  readonly values?: readonly Scalar[];
  readonly range?: Range;
}

/** More lookups narrow the result no further, and each costs an index. */
const MOST_LOOKUPS = 16;

/** The lookups that every matching row satisfies. */
export const lookupsOf = (where: Expression | undefined): readonly Lookup[] => {
  const ranges = new Map<string, Lookup>();
  const others: Lookup[] = [];
  for (const lookup of lookups(where)) {
    if (lookup.range === undefined) {
      others.push(lookup);
      continue;
    }
    const name = pathText(lookup.path);
    const range = intersection(lookup.range, ranges.get(name)?.range ?? lookup.range);
    ranges.set(name, { ...lookup, range });
  }
  // a single value is more selective than a range
  return [...others, ...ranges.values()].slice(0, MOST_LOOKUPS);
};

const lookups = (where: Expression | undefined): readonly Lookup[] => {
  if (where === undefined) return [];
  if (where.kind === 'and') return where.operands.flatMap(lookups);
  const lookup = lookupOf(where);
  return lookup === undefined ? [] : [lookup];
};

/** The path whose counts by value are the whole result; undefined if rows must be examined. */
export const countedPath = ({ where, groupBy, columns }: Query): Path | undefined => {
  const onlyCounts = columns?.every(({ kind }) => kind !== 'aggregate') ?? false;
  return where === undefined && groupBy.length === 1 && onlyCounts ? groupBy[0] : undefined;
};

/** A path as one text. */
export const pathText = (path: Path): string =>
  path.map((name) => (/^[$\w-]+$/.test(name) ? name : `[[${name}]]`)).join('.');

const lookupOf = (expression: Expression): Lookup | undefined => {
  switch (expression.kind) {
    case 'path':
      return { path: expression.path, values: [true] };
    case 'compare': {
      const { op, left, right } = expression;
      return comparison(op, [left, right]) ?? comparison(MIRRORED[op], [right, left]);
    }
    case 'in':
      if (expression.negated || expression.operand.kind !== 'path') return undefined;
      return { path: expression.operand.path, values: [...new Set(expression.list)] };
    case 'call':
      return call(expression.name, expression.args);
    case 'or':
      return union(expression.operands.map(lookupOf));
    default:
      return undefined;
  }
};

const comparison = (op: Comparison, [left, right]: readonly [Expression, Expression]): Lookup | undefined => {
  if (left.kind !== 'path' || right.kind !== 'literal' || right.value === undefined || op === '!=') return undefined;
  const { path } = left;
  const { value } = right;
  if (op === '=') return { path, values: [value] };
  if (typeof value === 'number' || typeof value === 'string') return { path, range: rangeOf(op, value) };
  return { path, values: [null, false, true].filter((one) => compare(op, one, value) === true) };
};

const call = (name: string, [of, part]: readonly Expression[]): Lookup | undefined => {
  if (of?.kind !== 'path') return undefined;
  const { path } = of;
  if (name === 'is_defined') return { path };
  const isPrefix = name === 'startswith' && part?.kind === 'literal' && typeof part.value === 'string';
  return isPrefix ? { path, range: startingWith(part.value) } : undefined;
};

/** One lookup for all, if they are of one path. */
const union = (lookups: readonly (Lookup | undefined)[]): Lookup | undefined => {
  const [first] = lookups;
  if (first === undefined) return undefined;
  const name = pathText(first.path);
  const values: Scalar[] = [];
  for (const lookup of lookups) {
    if (lookup?.values === undefined || pathText(lookup.path) !== name) return undefined;
    values.push(...lookup.values);
  }
  return { path: first.path, values: [...new Set(values)] };
};
