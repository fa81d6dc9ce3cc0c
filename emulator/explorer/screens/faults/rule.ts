import type { FaultMatch, FaultRule } from '../../api/types.ts';
import type { Cause } from './causes.ts';

export type Often = 'always' | 'times' | 'nth' | 'chance';

/** For whom, how often and for how long. */
interface Choice {
  readonly device: string;
  readonly often: Often;
  readonly number: number;
  readonly minutes: number;
}

/** The rule that lets a cause happen. */
export const ruleOf = ({ effect, match }: Cause, { device, often, number, minutes }: Choice): FaultRule => ({
  match: { ...match, ...(device.trim() === '' ? {} : { device: device.trim() }), ...oftenOf(often, number) },
  effect,
  ...(minutes > 0 ? { window: { afterMs: 0, durationMs: Math.round(minutes * 60_000) } } : {}),
});

const oftenOf = (often: Often, number: number): Partial<FaultMatch> => {
  switch (often) {
    case 'always':
      return {};
    case 'times':
      return { times: number };
    case 'nth':
      return { nth: number };
    case 'chance':
      return { probability: Math.min(100, number) / 100 };
    default:
      return often satisfies never;
  }
};
