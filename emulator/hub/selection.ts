import { twinReader } from './collections.ts';
import type { Member } from './member.ts';
import { type Condition, parseJobCondition, parseTargetCondition } from './query/conditions.ts';
import { compileTest } from './query/evaluate.ts';

/** Whom a condition means. */
export interface Selection {
  readonly from: 'devices' | 'devices.modules';
  readonly matches: (member: Member) => boolean;
}

/** Reads a job's `queryCondition`. Throws ArgumentInvalid. */
export const jobSelection = (text: string): Selection => selectionOf(parseJobCondition(text));

/** Reads a configuration's `targetCondition`; an empty one means nobody. Throws InvalidConfigurationTargetCondition. */
export const targetSelection = (text: string): Selection => selectionOf(parseTargetCondition(text));

const selectionOf = ({ from, where }: Condition): Selection => ({
  from,
  matches: where === undefined ? () => true : compileTest(where, { reader: twinReader }),
});
