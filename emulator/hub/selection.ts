import { LIMITS } from '../../protocol/limits.ts';
import { twinReader } from './collections.ts';
import type { Member } from './fleet/member.ts';
import { type Condition, parseJobCondition, parseTargetCondition } from './query/conditions.ts';
import { compileTest } from './query/evaluate.ts';
import type { TextLimits } from './query/parse.ts';

/** The devices or modules that a condition selects. */
export interface Selection {
  readonly from: 'devices' | 'devices.modules';
  readonly matches: (member: Member) => boolean;
}

/** Reads a job's `queryCondition`. Throws ArgumentInvalid. */
export const jobSelection = (text: string, limits: TextLimits = LIMITS.azure): Selection =>
  selectionOf(parseJobCondition(text, limits));

/** Reads a configuration's `targetCondition`; an empty one selects nothing. Throws InvalidConfigurationTargetCondition. */
export const targetSelection = (text: string, limits: TextLimits = LIMITS.azure): Selection =>
  selectionOf(parseTargetCondition(text, limits));

const selectionOf = ({ from, where }: Condition): Selection => ({
  from,
  matches: where === undefined ? () => true : compileTest(where, { reader: twinReader }),
});
