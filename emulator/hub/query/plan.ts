import type { Expression, Path, Query, Scalar } from './ast.ts';

/** A part of a condition that an index can answer: a path has one of some values, or exists. */
export interface Lookup {
  readonly path: Path;
  /** undefined: any value. */
  readonly values: readonly Scalar[] | undefined;
}

/** More lookups narrow the result no further, and each costs an index. */
const MOST_LOOKUPS = 16;

/** The lookups that every matching row satisfies. */
export const lookupsOf = (where: Expression | undefined): readonly Lookup[] => lookups(where).slice(0, MOST_LOOKUPS);

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
    case 'compare':
      if (expression.op !== '=') return undefined;
      return equality(expression.left, expression.right) ?? equality(expression.right, expression.left);
    case 'in':
      if (expression.negated || expression.operand.kind !== 'path') return undefined;
      return { path: expression.operand.path, values: [...new Set(expression.list)] };
    case 'call': {
      const [only] = expression.args;
      return expression.name === 'is_defined' && only?.kind === 'path'
        ? { path: only.path, values: undefined }
        : undefined;
    }
    case 'or':
      return union(expression.operands.map(lookupOf));
    default:
      return undefined;
  }
};

const equality = (left: Expression, right: Expression): Lookup | undefined =>
  left.kind === 'path' && right.kind === 'literal' && right.value !== undefined
    ? { path: left.path, values: [right.value] }
    : undefined;

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
