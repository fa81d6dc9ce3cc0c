import { LIMITS } from '../../../protocol/limits.ts';
import type { Arithmetic, Comparison, Expression, Path } from './ast.ts';
import { Cursor } from './cursor.ts';
import { compileValue } from './evaluate.ts';
import { refuseLength, type TextLimits } from './parse.ts';
import { matches, signatureOf, type Type } from './routing-functions.ts';
import { lexRoute } from './routing-lex.ts';
import { type RoutableMessage, routingSource } from './routing-message.ts';
import { badQuery, QuerySyntaxError, quote, type Token, withDiagnosis } from './token.ts';

/** Whether a message takes a route. Undefined, since the condition cannot be decided, means no, too. */
export type RouteCondition = (message: RoutableMessage) => boolean | undefined;

/**
 * Parses the condition of a route: a dialect of its own, statically typed. Throws ArgumentInvalid with a hint.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-routing-query-syntax
 */
export const parseRoute = (text: string, limits: TextLimits = LIMITS.azure): RouteCondition => {
  refuseLength(text, limits);
  return withDiagnosis(text, badQuery, (): RouteCondition => {
    const cursor = new Cursor(lexRoute(text));
    if (cursor.token.kind === 'end') return () => undefined;
    const condition = readCoalesce(cursor);
    cursor.expectEnd();
    if (condition.type === 'null') return () => false;
    const value = compileValue(condition.expression, routingSource);
    return (message) => {
      const result = value(message);
      return typeof result === 'boolean' ? result : undefined;
    };
  });
};

interface Typed {
  readonly expression: Expression;
  readonly type: Type;
}

type Step = (cursor: Cursor) => Typed;

/** A precedence level of left-associative operators; `tighter` is the next higher level. */
const level =
  (ops: readonly string[], tighter: Step, join: (op: string, pair: Pair) => Typed): Step =>
  (cursor) => {
    let left = tighter(cursor);
    for (;;) {
      const token = cursor.token;
      const op = ops.find((candidate) => cursor.takeSymbol(candidate));
      if (op === undefined) return left;
      cursor.operator();
      left = join(op, { left, right: tighter(cursor), token });
    }
  };

interface Pair {
  readonly left: Typed;
  readonly right: Typed;
  readonly token: Token;
}

const readPrimary: Step = (cursor) => {
  const { token } = cursor;
  if (token.kind === 'constant') {
    cursor.next();
    return {
      expression: { kind: 'literal', value: token.value },
      type: typeof token.value === 'string' ? 'string' : 'number',
    };
  }
  if (cursor.takeSymbol('(')) {
    const inner = cursor.deeper(() => readCoalesce(cursor));
    cursor.expectSymbol(')');
    return inner;
  }
  if (cursor.takeSymbol('{')) {
    const name = cursor.next();
    if (name.kind !== 'word' || !name.text.startsWith('$'))
      throw new QuerySyntaxError('expected a $name within "{ }"', name.at);
    cursor.expectSymbol('}');
    return readSystem(name, 'system');
  }
  if (token.kind !== 'word' || isKeyword(token.text)) throw cursor.unexpected('a name or a value');
  if (cursor.isSymbol('(', 1)) return readCall(cursor);
  cursor.next();
  const literal = LITERALS.get(token.text);
  if (literal !== undefined) return literal;
  return token.text.startsWith('$')
    ? readSystem(token, 'either')
    : typed(['property', token.text.toLowerCase()], 'string');
};

const isKeyword = (word: string): boolean => /^(?:and|or|not)$/i.test(word);

const readUnary: Step = (cursor) => {
  const { token } = cursor;
  if (cursor.takeWord('not')) {
    const operand = cursor.deeper(() => readUnary(cursor));
    if (operand.type === 'null') return { expression: { kind: 'literal', value: true }, type: 'boolean' };
    need(['boolean', operand.type], token);
    return { expression: { kind: 'not', operand: operand.expression }, type: 'boolean' };
  }
  if (!cursor.takeSymbol('-')) return readPrimary(cursor);
  const operand = cursor.deeper(() => readUnary(cursor));
  need(['number', operand.type], token);
  return { expression: { kind: 'negative', operand: operand.expression }, type: 'number' };
};

const calculation = (op: string, { left, right, token }: Pair): Typed => {
  need(['number', left.type], token);
  need(['number', right.type], token);
  const operator = op as Arithmetic; // the level has no other operators
  return {
    expression: { kind: 'arithmetic', op: operator, left: left.expression, right: right.expression },
    type: 'number',
  };
};

const sumOrText = (op: string, pair: Pair): Typed => {
  if (op !== '||') return calculation(op, pair);
  const { left, right, token } = pair;
  need(['string', left.type], token);
  need(['string', right.type], token);
  return { expression: { kind: 'call', name: 'concat', args: [left.expression, right.expression] }, type: 'string' };
};

const comparison = (op: string, { left, right, token }: Pair): Typed => {
  need([left.type, right.type], token);
  const operator = (op === '<>' ? '!=' : op) as Comparison; // the level has no other operators
  return {
    expression: { kind: 'compare', op: operator, left: left.expression, right: right.expression },
    type: 'boolean',
  };
};

/** AND or OR with any number of operands, so that the cost grows only with their number. */
const logic =
  (kind: 'and' | 'or', tighter: Step): Step =>
  (cursor) => {
    const first = tighter(cursor);
    const others: Typed[] = [];
    for (;;) {
      const { token } = cursor;
      if (!cursor.takeWord(kind)) return others.length === 0 ? first : joined(kind, [first, ...others]);
      others.push(tighter(cursor));
      for (const { type } of others.length === 1 ? [first, ...others] : others.slice(-1))
        if (type === 'string' || type === 'number') need(['boolean', type], token);
    }
  };

/** A literal null counts as false, but OR of nulls only, and AND with any null, is null. */
const joined = (kind: 'and' | 'or', operands: readonly Typed[]): Typed => {
  const isNull = ({ type }: Typed): boolean => type === 'null';
  if (kind === 'and' ? operands.some(isNull) : operands.every(isNull))
    return { expression: { kind: 'literal', value: null }, type: 'null' };
  const plain = operands.map((one): Expression => (isNull(one) ? { kind: 'literal', value: false } : one.expression));
  return { expression: { kind, operands: plain }, type: 'boolean' };
};

const coalescing = (_: string, { left, right, token }: Pair): Typed => {
  need([left.type, right.type], token);
  return {
    expression: { kind: 'coalesce', left: left.expression, right: right.expression },
    type: left.type === 'undefined' || left.type === 'any' ? right.type : left.type,
  };
};

const readProduct = level(['*', '/', '%'], readUnary, calculation);
const readSum = level(['+', '-', '||'], readProduct, sumOrText);
const readOrder = level(['<', '<=', '>', '>='], readSum, comparison);
const readEquality = level(['=', '!=', '<>'], readOrder, comparison);
const readAnd = logic('and', readEquality);
const readOr = logic('or', readAnd);
const readCoalesce: Step = level(['??'], readOr, coalescing);

const readCall: Step = (cursor) => {
  const word = cursor.next();
  const name = word.text.toLowerCase();
  cursor.expectSymbol('(');
  const args = cursor.takeSymbol(')') ? [] : cursor.deeper(() => readArguments(cursor));
  const signature = signatureOf(
    name,
    args.map(({ type }) => type),
  );
  if (signature === undefined)
    throw new QuerySyntaxError(`there is no function ${quote(word)} with such arguments`, word.at);
  return { expression: { kind: 'call', name, args: args.map(({ expression }) => expression) }, type: signature.gives };
};

const readArguments = (cursor: Cursor): Typed[] => {
  const args = [readCoalesce(cursor)];
  while (cursor.takeSymbol(',')) args.push(readCoalesce(cursor));
  cursor.expectSymbol(')');
  return args;
};

/** Names joined by dots, each with at most one `[n]`, as in JsonPath.g4 of Routing.Core. */
const INNER = /^\.[^.[\]]+(?:\[\d+\])?(?:\.[^.[\]]+(?:\[\d+\])?)*$/;

/** `$body.…` and `$twin.…` are paths in documents, other `$names` are system properties. */
const readSystem = (token: Token, order: 'either' | 'system'): Typed => {
  const name = token.text;
  const root = /^\$(body|twin)(?=[.[]|$)/i.exec(name)?.[1]?.toLowerCase();
  if (root === undefined) {
    if (/[[\]]/.test(name)) throw new QuerySyntaxError(`${quote(token)} is not a valid property name`, token.at);
    return typed([order, name.toLowerCase()], 'string');
  }
  const inner = name.slice(root.length + 1);
  // a whole document is not a value, and neither is an element of it
  const steps = inner.startsWith('.') ? inner.replaceAll('[', '.[').split('.').slice(1) : [];
  if (inner.startsWith('.') && !INNER.test(inner))
    throw new QuerySyntaxError(`${quote(token)} is not a valid path`, token.at);
  return typed([order === 'either' ? `${root} or property` : root, name.toLowerCase(), ...steps], 'any');
};

const typed = (path: Path, type: Type): Typed => ({ expression: { kind: 'path', path }, type });

const LITERALS: ReadonlyMap<string, Typed> = new Map<string, Typed>([
  ['true', { expression: { kind: 'literal', value: true }, type: 'boolean' }],
  ['false', { expression: { kind: 'literal', value: false }, type: 'boolean' }],
  ['null', { expression: { kind: 'literal', value: null }, type: 'null' }],
  ['undefined', { expression: { kind: 'literal', value: undefined }, type: 'undefined' }],
]);

const need = ([wanted, given]: readonly [Type, Type], token: Token): void => {
  if (!matches(wanted, given))
    throw new QuerySyntaxError(`${quote(token)} cannot combine ${given} with ${wanted}`, token.at);
};
