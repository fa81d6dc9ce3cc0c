import { HubError } from '../../protocol/errors.ts';
import type { Member } from './member.ts';

/** Whom a condition means. */
export interface Selection {
  readonly collection: 'devices' | 'devices.modules';
  readonly matches: (member: Member) => boolean;
}

/** Port: reads conditions; fulfilled by the query language. */
export interface Conditions {
  /** A job's `queryCondition`. Throws ArgumentInvalid. */
  job(text: string): Selection;
  /** A configuration's `targetCondition`; an empty one means nobody. Throws InvalidConfigurationTargetCondition. */
  target(text: string): Selection;
  /** Rows that a metric's query gives now. Throws InvalidConfigurationCustomMetricsQuery. */
  count(query: string): number;
}

/** A hub without a query language: `*` means everybody. */
export const starOnly: Conditions = {
  job: (text) => star(text, 'ArgumentInvalid'),
  target: (text) => star(text, 'InvalidConfigurationTargetCondition'),
  count: () => {
    throw new HubError('InvalidConfigurationCustomMetricsQuery', 'BadRequest');
  },
};

const star = (text: string, code: 'ArgumentInvalid' | 'InvalidConfigurationTargetCondition'): Selection => {
  if (text !== '*' && text !== '') throw new HubError(code, 'BadRequest');
  return { collection: 'devices', matches: () => text === '*' };
};
