import { type ErrorCode, HubError } from '../../../protocol/errors.ts';
import type { Expression, Path, Query } from './ast.ts';
import { Cursor } from './cursor.ts';
import { EMPTY_METRIC } from './dialect.ts';
import { readCondition, type Scope } from './expression.ts';
import { lex } from './lex.ts';
import { parseQuery, readCollection, refuseLength } from './parse.ts';
import { diagnosed, Flaw } from './token.ts';

/** Which twins a text means. */
export interface Condition {
  readonly from: 'devices' | 'devices.modules';
  /** undefined = all of them. */
  readonly where: Expression | undefined;
}

/**
 * A configuration's target: `*`, nothing at all (which targets nothing), a condition on devices, or
 * `FROM devices.modules WHERE` and one on modules. Throws InvalidConfigurationTargetCondition.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management#target-devices-with-twins
 */
export const parseTargetCondition = (text: string): Condition => {
  if (text.trim() === '') return { from: 'devices', where: { kind: 'literal', value: false } };
  if (text.trim() === '*') return { from: 'devices', where: undefined };
  const condition = parseWith(text, 'InvalidConfigurationTargetCondition', { lists: false });
  const foreign = pathsOf(condition.where).find((path) => !isTargetable(condition.from, path));
  if (foreign !== undefined) throw strange(foreign);
  return condition;
};

/** A job's `queryCondition`: what may follow WHERE, on any property of the twin. Throws ArgumentInvalid. */
export const parseJobCondition = (text: string): Condition =>
  text.trim() === '*' ? { from: 'devices', where: undefined } : parseWith(text, 'ArgumentInvalid', { lists: true });

/** A configuration's metric; undefined where it is stored but counts nothing. Throws InvalidConfigurationCustomMetricsQuery. */
export const parseMetric = (text: string): Query | undefined => {
  if (EMPTY_METRIC.test(text)) return undefined;
  try {
    return parseQuery(text);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    throw new HubError('InvalidConfigurationCustomMetricsQuery', 'BadRequest', hintOf(error));
  }
};

const parseWith = (text: string, code: ErrorCode, { lists }: Pick<Scope, 'lists'>): Condition => {
  const refuse = (hint: string): HubError => new HubError(code, 'BadRequest', { hint });
  try {
    refuseLength(text);
  } catch (error) {
    throw error instanceof HubError ? new HubError(code, error.message, hintOf(error)) : error;
  }
  return diagnosed(text, refuse, () => {
    const cursor = new Cursor(lex(text));
    const from = cursor.takeWord('from') ? readPrefix(cursor) : 'devices';
    const where = readCondition(cursor, { from, lists, warn: () => {} });
    cursor.needEnd();
    return { from, where };
  });
};

const readPrefix = (cursor: Cursor): Condition['from'] => {
  const { at } = cursor.token;
  const from = readCollection(cursor);
  if (from === 'devices.jobs') throw new Flaw('conditions are on devices or devices.modules', at);
  cursor.needWord('where');
  return from;
};

const hintOf = ({ hint }: HubError): { hint?: string } => (hint === undefined ? {} : { hint });

/** UNCERTAIN: `moduleId` for modules; the refusal names deviceId, tags and reported properties only. */
const isTargetable = (from: Condition['from'], [root, inner]: Path): boolean =>
  root === 'deviceId' ||
  root === 'tags' ||
  (root === 'properties' && inner === 'reported') ||
  (root === 'moduleId' && from === 'devices.modules');

/** Text as quoted in https://github.com/Azure/azure-iot-cli-extension/issues/88 */
const strange = (path: Path): HubError =>
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

/** The expressions that an expression is made of. */
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
    case 'among':
      return [expression.operand];
    case 'compare':
    case 'arithmetic':
    case 'coalesce':
      return [expression.left, expression.right];
    default:
      return expression satisfies never;
  }
};
