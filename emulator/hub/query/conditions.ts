import { type ErrorCode, HubError } from '../../../protocol/errors.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import type { Expression, Path, Query } from './ast.ts';
import { Cursor } from './cursor.ts';
import { EMPTY_METRIC } from './dialect.ts';
import { readCondition, type Scope } from './expression.ts';
import { lex } from './lex.ts';
import { parseQuery, readCollection, refuseLength, type TextLimits } from './parse.ts';
import { QuerySyntaxError, withDiagnosis } from './token.ts';

/** Which twins a condition selects. */
export interface Condition {
  readonly from: 'devices' | 'devices.modules';
  /** undefined: all of them. */
  readonly where: Expression | undefined;
}

/**
 * A configuration's target condition: `*`, an empty text (which targets nothing), a condition on devices, or
 * `FROM devices.modules WHERE` and a condition on modules. Throws InvalidConfigurationTargetCondition.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management#target-devices-with-twins
 */
export const parseTargetCondition = (text: string, limits: TextLimits = LIMITS.azure): Condition => {
  if (text.trim() === '') return { from: 'devices', where: { kind: 'literal', value: false } };
  if (text.trim() === '*') return { from: 'devices', where: undefined };
  const condition = parseWith(text, 'InvalidConfigurationTargetCondition', { ...limits, lists: false });
  const wrong = pathsOf(condition.where).find((path) => !isTargetable(condition.from, path));
  if (wrong !== undefined) throw notTargetable(wrong);
  return condition;
};

/** A job's `queryCondition`: what may follow WHERE, on any property of the twin. Throws ArgumentInvalid with the service's text. */
export const parseJobCondition = (text: string, limits: TextLimits = LIMITS.azure): Condition =>
  text.trim() === '*'
    ? { from: 'devices', where: undefined }
    : parseWith(text, 'ArgumentInvalid', { ...limits, lists: true, textOf: jobFailure });

/**
 * Line and column are those of the whole query, which the service makes of the condition: the condition of the example, in
 * https://github.com/Azure/azure-iot-sdk-csharp/issues/40, is wrong from its first character on, and the column is 29.
 */
const jobFailure = (condition: string, { at }: QuerySyntaxError): string => {
  const query = `SELECT * ${/^\s*from\b/i.test(condition) ? '' : 'FROM devices WHERE '}`;
  const before = query + condition.slice(0, at);
  const position = `${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`;
  const [input = '<EOF>'] = /^(?:[\w$]+|\S)/.exec(condition.slice(at)) ?? [];
  return `SQL query parse failed due to following errors: \n\tLine ${position} Unexpected character at input '${input}'`;
};

/** The query of a configuration's metric; undefined if it counts nothing. Throws InvalidConfigurationCustomMetricsQuery. */
export const parseMetric = (text: string, limits: TextLimits = LIMITS.azure): Query | undefined => {
  if (EMPTY_METRIC.test(text)) return undefined;
  try {
    return parseQuery(text, limits);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    throw new HubError('InvalidConfigurationCustomMetricsQuery', 'BadRequest', hintOf(error));
  }
};

interface ConditionRules extends Pick<Scope, 'lists'>, TextLimits {
  /** The text of a syntax error. */
  readonly textOf?: (condition: string, error: QuerySyntaxError) => string;
}

const parseWith = (
  text: string,
  code: ErrorCode,
  { lists, queryLength, textOf = () => 'BadRequest' }: ConditionRules,
): Condition => {
  const refuse = (hint: string, error: QuerySyntaxError): HubError => new HubError(code, textOf(text, error), { hint });
  try {
    refuseLength(text, { queryLength });
  } catch (error) {
    throw error instanceof HubError ? new HubError(code, error.text, hintOf(error)) : error;
  }
  return withDiagnosis(text, refuse, () => {
    const cursor = new Cursor(lex(text));
    const from = cursor.takeWord('from') ? readPrefix(cursor) : 'devices';
    const where = readCondition(cursor, { from, lists, warn: () => {} });
    cursor.expectEnd();
    return { from, where };
  });
};

const readPrefix = (cursor: Cursor): Condition['from'] => {
  const { at } = cursor.token;
  const from = readCollection(cursor);
  if (from === 'devices.jobs') throw new QuerySyntaxError('a condition selects devices or devices.modules', at);
  cursor.expectWord('where');
  return from;
};

const hintOf = ({ hint }: HubError): { hint?: string } => (hint === undefined ? {} : { hint });

/** UNCERTAIN: `moduleId` for modules; the error message names deviceId, tags and reported properties only. */
const isTargetable = (from: Condition['from'], [root, inner]: Path): boolean =>
  root === 'deviceId' ||
  root === 'tags' ||
  (root === 'properties' && inner === 'reported') ||
  (root === 'moduleId' && from === 'devices.modules');

/** The text is quoted in https://github.com/Azure/azure-iot-cli-extension/issues/88 */
const notTargetable = (path: Path): HubError =>
  new HubError(
    'InvalidConfigurationTargetCondition',
    "Invalid targetCondition. It must be a filter condition based on 'deviceId', 'tags', or 'properties.reported'. " +
      `It contains: ${path.join('.')}`,
  );

const pathsOf = (expression: Expression | undefined): readonly Path[] =>
  expression === undefined
    ? []
    : expression.kind === 'path'
      ? [expression.path]
      : childrenOf(expression).flatMap((child) => pathsOf(child));

/** The direct subexpressions. */
export const childrenOf = (expression: Expression): readonly Expression[] => {
  switch (expression.kind) {
    case 'literal':
    case 'path':
      return [];
    case 'call':
      return expression.args;
    case 'and':
    case 'or':
      return expression.operands;
    case 'not':
    case 'negative':
    case 'in':
      return [expression.operand];
    case 'compare':
    case 'arithmetic':
    case 'coalesce':
      return [expression.left, expression.right];
    default:
      return expression satisfies never;
  }
};
