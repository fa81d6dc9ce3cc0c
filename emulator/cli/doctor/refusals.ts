import { AdminClient } from '../admin-client.ts';
import { latestRefusals, refusalLines } from '../refusals.ts';
import { type Finding, ok, skip, warn } from './finding.ts';
import type { Subject } from './subject.ts';

/** Why was my device refused? */
export const refusalCheck = async ({ hub, found }: Subject): Promise<Finding[]> => {
  if (hub === undefined) return [skip('refusals', 'there is no emulator that could have refused anything')];
  if (hub === 'locked') return [skip('refusals', 'the emulator tells them only to callers that know its token')];
  const refused = await latestRefusals(new AdminClient(found));
  if (refused.length === 0) return [ok('refusals', 'the emulator has refused nothing')];
  return refused.map((one) => warn(`refusals.${one.code}`, ...refusalLines(one)));
};
