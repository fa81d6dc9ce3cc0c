import type { ConfigurationOutcome, JobOutcome } from '../../../../protocol/admin/dry-run.ts';

export type AnyOutcome = ConfigurationOutcome | JobOutcome;

/** What saving would do, in one sentence. */
export const outcomeText = (outcome: AnyOutcome): string => {
  const { matched, changed, failed } = outcome;
  const selects = `Selects ${counted(matched, 'twin')} now`;
  if ('listening' in outcome && outcome.listening !== undefined)
    return `${selects}; ${outcome.listening} of them listen to methods.`;
  const refuse = failed > 0 ? `, ${counted(failed, 'twin')} would refuse it` : '';
  return `${selects}, would change ${counted(changed, 'twin')}${refuse}. Nothing was written.`;
};

/** Which others win, in one sentence each. */
export const overruledTexts = (outcome: AnyOutcome): readonly string[] =>
  'overruledBy' in outcome
    ? outcome.overruledBy.map(({ id, twins }) => `“${id}” has a higher priority and wins on ${counted(twins, 'twin')}.`)
    : [];

const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : `${noun}s`}`;
