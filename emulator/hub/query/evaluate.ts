import type { Comparison, Expression, Path, Scalar, Value } from './ast.ts';
import { calculate, compare, isScalar, MIRRORED } from './compare.ts';
import { UNEQUAL_ACROSS_TYPES } from './dialect.ts';
import { bodyOf } from './functions.ts';

export type Reader<R> = (row: R) => Value;
export type Test<R> = (row: R) => boolean;

/** How expressions read rows of some kind. */
export interface Source<R> {
  /** Makes a function that reads a path in a row; own properties only. */
  reader(path: Path): Reader<R>;
  /** Compiles an expression that a dialect evaluates differently; undefined: as usual. */
  special?(expression: Expression, compile: (inner: Expression) => Reader<R>): Reader<R> | undefined;
}

/** Compiles an expression to a function that gives its value: of a condition true, false or undefined (neither). */
export const compileValue = <R>(expression: Expression, source: Source<R>): Reader<R> => {
  const of = (inner: Expression): Reader<R> => compileValue(inner, source);
  const special = source.special?.(expression, of);
  if (special !== undefined) return special;
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'path':
      return source.reader(expression.path);
    case 'call':
      return callOf(expression.name, expression.args.map(of));
    case 'not': {
      const operand = of(expression.operand);
      return (row) => not(operand(row));
    }
    case 'and':
      return kleene(expression.operands.map(of), false);
    case 'or':
      return kleene(expression.operands.map(of), true);
    case 'compare': {
      const [left, right, op] = [of(expression.left), of(expression.right), expression.op];
      return (row) => compare(op, left(row), right(row));
    }
    case 'in': {
      const [operand, list, negated] = [of(expression.operand), new Set<Value>(expression.list), expression.negated];
      return (row) => {
        const value = operand(row);
        return isScalar(value) ? list.has(value) !== negated : undefined;
      };
    }
    case 'arithmetic': {
      const [left, right, op] = [of(expression.left), of(expression.right), expression.op];
      return (row) => calculate(op, left(row), right(row));
    }
    case 'negative': {
      const operand = of(expression.operand);
      return (row) => calculate('-', 0, operand(row));
    }
    case 'coalesce': {
      const [left, right] = [of(expression.left), of(expression.right)];
      return (row) => {
        const value = left(row);
        return value === undefined ? right(row) : value;
      };
    }
    default:
      return expression satisfies never;
  }
};

/** Compiles a condition to a test, true for the rows for which the condition is exactly true. */
export const compileTest = <R>(expression: Expression, source: Source<R>): Test<R> => {
  switch (expression.kind) {
    case 'not':
      return compileNegation(expression.operand, source);
    case 'and':
      return every(expression.operands.map((operand) => compileTest(operand, source)));
    case 'or':
      return some(expression.operands.map((operand) => compileTest(operand, source)));
    case 'compare':
      return comparisonTest(expression.op, [expression.left, expression.right], source);
    case 'in':
      return listTest(compileValue(expression.operand, source), new Set<Value>(expression.list), expression.negated);
    default: {
      const value = compileValue(expression, source);
      return (row) => value(row) === true;
    }
  }
};

/** Compiles a test that is true for the rows for which the condition is exactly false, as NOT selects them. */
const compileNegation = <R>(expression: Expression, source: Source<R>): Test<R> => {
  switch (expression.kind) {
    case 'not':
      return compileTest(expression.operand, source);
    case 'and':
      return some(expression.operands.map((operand) => compileNegation(operand, source)));
    case 'or':
      return every(expression.operands.map((operand) => compileNegation(operand, source)));
    default: {
      const value = compileValue(expression, source);
      return (row) => value(row) === false;
    }
  }
};

const not = (value: Value): boolean | undefined => (typeof value === 'boolean' ? !value : undefined);

/** Kleene logic of AND (`decisive`: false) and OR (true): one decisive operand decides, else an undefined one does. */
const kleene =
  <R>(operands: readonly Reader<R>[], decisive: boolean): Reader<R> =>
  (row) => {
    let known = true;
    for (const operand of operands) {
      const value = operand(row);
      if (value === decisive) return decisive;
      if (value !== !decisive) known = false;
    }
    return known ? !decisive : undefined;
  };

const every = <R>(tests: readonly Test<R>[]): Test<R> => {
  const [first, second, third] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (third === undefined) return (row) => first(row) && second(row);
  if (tests.length === 3) return (row) => first(row) && second(row) && third(row);
  return (row) => {
    for (const test of tests) if (!test(row)) return false;
    return true;
  };
};

const some = <R>(tests: readonly Test<R>[]): Test<R> => {
  const [first, second] = tests;
  if (first !== undefined && second !== undefined && tests.length === 2) return (row) => first(row) || second(row);
  return (row) => {
    for (const test of tests) if (test(row)) return true;
    return false;
  };
};

const comparisonTest = <R>(
  op: Comparison,
  [left, right]: readonly [Expression, Expression],
  source: Source<R>,
): Test<R> => {
  if (right.kind === 'literal') return constantTest(op, compileValue(left, source), right.value);
  if (left.kind === 'literal') return constantTest(MIRRORED[op], compileValue(right, source), left.value);
  const first = compileValue(left, source);
  const second = compileValue(right, source);
  return (row) => compare(op, first(row), second(row)) === true;
};

/** By far the most common conditions, each as one small closure: a full scan spends its time here. */
const constantTest = <R>(op: Comparison, read: Reader<R>, constant: Scalar | undefined): Test<R> => {
  if (constant === undefined) return () => false;
  if (op === '=') return (row) => read(row) === constant;
  if (op === '!=' && UNEQUAL_ACROSS_TYPES)
    return (row) => {
      const value = read(row);
      return value !== constant && isScalar(value);
    };
  if (typeof constant !== 'number') return (row) => compare(op, read(row), constant) === true;
  return (row) => {
    const value = read(row);
    return typeof value === 'number' && compare(op, value, constant) === true;
  };
};

const listTest = <R>(read: Reader<R>, list: ReadonlySet<Value>, negated: boolean): Test<R> => {
  if (!negated) return (row) => list.has(read(row));
  return (row) => {
    const value = read(row);
    return isScalar(value) && !list.has(value);
  };
};

const callOf = <R>(name: string, [first, second]: readonly Reader<R>[]): Reader<R> => {
  const body = bodyOf(name);
  if (body === undefined || first === undefined) return () => undefined;
  if (name === 'is_defined') return (row) => first(row) !== undefined;
  return second === undefined ? (row) => body(first(row), undefined) : (row) => body(first(row), second(row));
};
