import type { Arithmetic, Comparison, Scalar, Value } from './ast.ts';
import { UNEQUAL_ACROSS_TYPES } from './dialect.ts';

/** True for null, booleans, numbers and strings, which can be compared. */
export const isScalar = (value: Value): value is Scalar =>
  value !== undefined && (value === null || typeof value !== 'object');

/** Undefined if a side is an object, an array or missing. Values of different types are unequal and have no order. */
export const compare = (op: Comparison, left: Value, right: Value): boolean | undefined => {
  if (!isScalar(left) || !isScalar(right)) return undefined;
  if (op === '=') return left === right;
  const comparable = left === null || right === null ? left === right : typeof left === typeof right;
  if (op === '!=') return comparable ? left !== right : UNEQUAL_ACROSS_TYPES;
  return comparable ? ordered(op, left, right) : undefined;
};

/** The operator to use when the sides are exchanged. */
export const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** Undefined unless both sides are numbers and the result is finite. */
export const calculate = (op: Arithmetic, left: Value, right: Value): number | undefined => {
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  const result = arithmetic(op, left, right);
  return Number.isFinite(result) ? result : undefined;
};

/** Like `calculate`, but division by zero gives infinity, as in routing conditions. */
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

/** Compares values of one type: numbers by size, strings by UTF-16 code unit, false before true. */
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
