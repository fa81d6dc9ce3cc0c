import type { Arithmetic, Comparison, Scalar, Value } from './ast.ts';
import { UNEQUAL_ACROSS_TYPES } from './dialect.ts';

/** Null, a boolean, a number or a string: what comparisons are made between. */
export const isScalar = (value: Value): value is Scalar =>
  value !== undefined && (value === null || typeof value !== 'object');

/** Objects, arrays and missing values compare as undefined; different types are unequal and have no order. */
export const compare = (op: Comparison, left: Value, right: Value): boolean | undefined => {
  if (!isScalar(left) || !isScalar(right)) return undefined;
  if (op === '=') return left === right;
  const comparable = left === null || right === null ? left === right : typeof left === typeof right;
  if (op === '!=') return comparable ? left !== right : UNEQUAL_ACROSS_TYPES;
  return comparable ? ordered(op, left, right) : undefined;
};

/** Numbers only; what is not a finite number is undefined. */
export const calculate = (op: Arithmetic, left: Value, right: Value): number | undefined => {
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  const result = arithmetic(op, left, right);
  return Number.isFinite(result) ? result : undefined;
};

/** As `calculate`, but division by zero is infinite, as routing has it. */
export const arithmetic = (op: Arithmetic, left: number, right: number): number => {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    default:
      return op satisfies never;
  }
};

/** Of one type: numbers by size, strings by UTF-16 code unit, false before true. */
const ordered = (op: '<' | '<=' | '>' | '>=', left: Scalar, right: Scalar): boolean => {
  if (left === null || right === null) return op === '<=' || op === '>=';
  switch (op) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return op satisfies never;
  }
};
