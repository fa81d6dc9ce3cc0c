import type { Arithmetic, CollectionName, Comparison, Expression, Path, Scalar } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { REFUSED_AFTER_DOT, RESERVED } from './dialect.ts';
import { arityOf } from './functions.ts';
import { canonical } from './names.ts';
import { QuerySyntaxError, quote, type Token } from './token.ts';

/** What surrounds an expression: the collection that its names belong to, and where warnings go. */
export interface Scope {
  readonly from: CollectionName;
  /** Whether IN and NIN are allowed. */
  readonly lists: boolean;
  readonly warn: (warning: string) => void;
}

/**
 * Reads a condition. Precedence from low to high: OR, AND, NOT, comparisons (which do not chain), arithmetic.
 * Throws QuerySyntaxError.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language#expressions-and-conditions
 */
export const readCondition = (cursor: Cursor, scope: Scope): Expression => {
  const operands = [readAnd(cursor, scope)];
  while (cursor.takeWord('or')) operands.push(readAnd(cursor, scope));
  return operands.length === 1 && operands[0] !== undefined ? operands[0] : { kind: 'or', operands };
};

/** Reads names joined by dots, as written, without a leading collection. Throws QuerySyntaxError. */
export const readPath = (cursor: Cursor, warn: (warning: string) => void): Path => {
  const segments = [readRoot(cursor)];
  while (cursor.takeSymbol('.')) segments.push(readSegment(cursor, warn));
  return withoutCollection(segments);
};

const readAnd = (cursor: Cursor, scope: Scope): Expression => {
  const operands = [readNot(cursor, scope)];
  while (cursor.takeWord('and')) operands.push(readNot(cursor, scope));
  return operands.length === 1 && operands[0] !== undefined ? operands[0] : { kind: 'and', operands };
};

const readNot = (cursor: Cursor, scope: Scope): Expression =>
  cursor.takeWord('not')
    ? cursor.deeper(() => ({ kind: 'not', operand: readNot(cursor, scope) }))
    : readComparison(cursor, scope);

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '=': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

const readComparison = (cursor: Cursor, scope: Scope): Expression => {
  const left = readAdditive(cursor, scope);
  if (cursor.isWord('in') || cursor.isWord('nin')) {
    const word = cursor.next();
    if (!scope.lists) throw new QuerySyntaxError(`${quote(word)} is not allowed here, only in queries`, word.at);
    const negated = word.text.toLowerCase() === 'nin';
    return { kind: 'in', operand: left, list: readList(cursor), negated };
  }
  if (cursor.token.kind !== 'symbol') return left;
  const op = COMPARISONS[cursor.token.text];
  if (op === undefined) return left;
  cursor.next();
  return { kind: 'compare', op, left, right: readAdditive(cursor, scope) };
};

const readAdditive = (cursor: Cursor, scope: Scope): Expression =>
  readChain(cursor, ['+', '-'], () => readChain(cursor, ['*', '/', '%'], () => readUnary(cursor, scope)));

const readChain = (cursor: Cursor, ops: readonly Arithmetic[], operand: () => Expression): Expression => {
  let left = operand();
  for (;;) {
    const op = ops.find((candidate) => cursor.takeSymbol(candidate));
    if (op === undefined) return left;
    cursor.operator();
    left = { kind: 'arithmetic', op, left, right: operand() };
  }
};

const readUnary = (cursor: Cursor, scope: Scope): Expression =>
  cursor.takeSymbol('-')
    ? cursor.deeper(() => ({ kind: 'negative', operand: readUnary(cursor, scope) }))
    : readPrimary(cursor, scope);

const readPrimary = (cursor: Cursor, scope: Scope): Expression => {
  const { token } = cursor;
  if (token.kind === 'constant') {
    cursor.next();
    return { kind: 'literal', value: token.value };
  }
  if (cursor.takeSymbol('('))
    return cursor.deeper(() => {
      const inner = readCondition(cursor, scope);
      cursor.expectSymbol(')');
      return inner;
    });
  if (token.kind === 'word' && cursor.isSymbol('(', 1)) return readCall(cursor, scope);
  const literal = readWordLiteral(cursor);
  return literal ?? { kind: 'path', path: canonical(scope.from, readPath(cursor, scope.warn)) };
};

const readCall = (cursor: Cursor, scope: Scope): Expression => {
  const word = cursor.next();
  const name = word.text.toLowerCase();
  const arity = arityOf(name);
  if (arity === undefined)
    throw new QuerySyntaxError(`${quote(word)} is not a function of the query language`, word.at);
  cursor.expectSymbol('(');
  const args = cursor.deeper(() => readArguments(cursor, scope));
  if (args.length !== arity)
    throw new QuerySyntaxError(
      `${quote(word)} takes ${arity === 1 ? '1 argument' : `${arity} arguments`}, not ${args.length}`,
      word.at,
    );
  return { kind: 'call', name, args };
};

const readArguments = (cursor: Cursor, scope: Scope): Expression[] => {
  if (cursor.takeSymbol(')')) return [];
  const args = [readCondition(cursor, scope)];
  while (cursor.takeSymbol(',')) args.push(readCondition(cursor, scope));
  cursor.expectSymbol(')');
  return args;
};

const WORD_LITERALS: ReadonlyMap<string, Scalar | undefined> = new Map<string, Scalar | undefined>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['undefined', undefined],
]);

const readWordLiteral = (cursor: Cursor): Expression | undefined => {
  const { token } = cursor;
  if (token.kind !== 'word' || cursor.isSymbol('.', 1)) return undefined;
  const word = token.text.toLowerCase();
  if (!WORD_LITERALS.has(word)) return undefined;
  cursor.next();
  return { kind: 'literal', value: WORD_LITERALS.get(word) };
};

/** Reads a list of constants: `[1, 'a', null]`. */
const readList = (cursor: Cursor): Scalar[] => {
  cursor.expectSymbol('[');
  const list: Scalar[] = [];
  if (cursor.takeSymbol(']')) return list;
  do {
    const value = readConstant(cursor);
    if (value !== undefined) list.push(value);
  } while (cursor.takeSymbol(','));
  cursor.expectSymbol(']');
  return list;
};

const readConstant = (cursor: Cursor): Scalar | undefined => {
  const { token } = cursor;
  if (token.kind === 'constant') {
    cursor.next();
    return token.value;
  }
  const literal = readWordLiteral(cursor);
  if (literal?.kind !== 'literal') throw cursor.unexpected('a constant');
  return literal.value;
};

const readRoot = (cursor: Cursor): Token => {
  const { token } = cursor;
  if (token.kind === 'word' && RESERVED.has(token.text.toLowerCase()))
    throw new QuerySyntaxError(
      `${quote(token)} is reserved; write [[${token.text}]] for a property of that name`,
      token.at,
    );
  if (token.kind !== 'word' && token.kind !== 'quoted') throw cursor.unexpected('a name or a value');
  return cursor.next();
};

const readSegment = (cursor: Cursor, warn: (warning: string) => void): Token => {
  const { token } = cursor;
  if (token.kind !== 'word' && token.kind !== 'quoted') throw cursor.unexpected('a name after "."');
  const word = token.text.toLowerCase();
  if (token.kind === 'word' && REFUSED_AFTER_DOT.has(word))
    throw new QuerySyntaxError(`${quote(token)} is reserved; write [[${token.text}]]`, token.at);
  if (token.kind === 'word' && RESERVED.has(word))
    warn(`"${token.text}" is a reserved word; IoT Hub may require [[${token.text}]]`);
  return cursor.next();
};

/** Any path may begin with `devices.`, `devices.modules.` or `devices.jobs.`. */
const withoutCollection = (segments: readonly Token[]): Path => {
  const isWord = (index: number, word: string): boolean =>
    segments[index]?.kind === 'word' && segments[index].text.toLowerCase() === word;
  const names = segments.map((segment) => segment.text);
  if (!isWord(0, 'devices') || names.length < 2) return names;
  return names.slice(names.length > 2 && (isWord(1, 'modules') || isWord(1, 'jobs')) ? 2 : 1);
};
