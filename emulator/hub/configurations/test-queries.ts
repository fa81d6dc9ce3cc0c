import { HubError } from '../../../protocol/errors.ts';
import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { readEnvelope } from '../envelope.ts';
import { parseMetric } from '../query/conditions.ts';
import { targetSelection } from '../selection.ts';
import { TestQueriesRequest } from './configuration-schema.ts';

/** What is wrong with a target condition and with metrics; null for what is valid. Throws ArgumentInvalid. */
export const testQueries = (body: Json, limits: Limits): JsonObject => {
  const { targetCondition, customMetricQueries } = readEnvelope(TestQueriesRequest, body);
  const errors = Object.entries(customMetricQueries ?? {}).flatMap(([name, query]) => {
    const text = complaint(() => parseMetric(query, limits));
    return text === null ? [] : [[name, text] as const];
  });
  return {
    targetConditionError: complaint(() => (targetCondition ? readTested(targetCondition, limits) : undefined)),
    customMetricQueryErrors: Object.fromEntries(errors),
  };
};

const complaint = (check: () => unknown): string | null => {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof HubError) return `ErrorCode:${error.code};${error.text}`;
    throw error;
  }
};

/** `*` is valid in a configuration, but not in a test. */
const readTested = (targetCondition: string, limits: Limits): void => {
  if (targetCondition.trim() === '*') throw new HubError('InvalidConfigurationTargetCondition', 'BadRequest');
  targetSelection(targetCondition, limits);
};
