import type { UsageState } from '../../../protocol/admin/usage.ts';
import { tierText } from '../../../protocol/tier.ts';
import { allowanceText, needsOf, rateText, summaryOf } from './needs.ts';
import type { Meter } from './quotas.ts';
import { THROTTLE_NAMES, THROTTLES } from './throttles.ts';
import type { Tiers } from './tiers.ts';
import type { Usage } from './usage.ts';

/** What clients have used, and which tiers that needs. */
export const usageReport = (usage: Usage, { tier }: Tiers): UsageState => {
  const rows = THROTTLE_NAMES.map((name) => ({ name, used: usage.of(name) })).filter(({ used }) => used.peak > 0);
  const needs = needsOf(usage);
  const total = (meter: Meter): number => rows.reduce((sum, { used }) => sum + used.messages[meter], 0);
  return {
    tier: tier === undefined ? null : tierText(tier),
    messages: { large: total('large'), small: total('small') },
    today: { large: usage.today('large'), small: usage.today('small') },
    throttles: rows.map(({ name, used }) => ({
      name,
      title: THROTTLES[name].title,
      operations: used.operations,
      refused: used.refused,
      bytes: used.bytes,
      messages: used.messages,
      peak: used.peak,
      peakText: rateText(THROTTLES[name], used.peak),
      peakAt: new Date(used.peakAt).toISOString(),
      allowed: tier === undefined ? null : allowanceText(name, tier),
    })),
    needs: needs.map(({ tier: name, units = null, because = null }) => ({ tier: name, units, because })),
    summary: summaryOf(needs),
  };
};
