import { MAX_UNITS, TIER_NAMES, type Tier, type TierName, tierText } from '../../../protocol/tier.ts';
import { dailyQuota, isBasic, meterOf } from './quotas.ts';
import { rateOf, THROTTLE_NAMES, THROTTLES, type Throttle, type ThrottleName, unitsFor } from './throttles.ts';
import type { Usage } from './usage.ts';
import type { Used } from './used.ts';

/** What a run needs of one tier. */
export interface Need {
  readonly tier: TierName;
  /** Undefined if no number of units is enough. */
  readonly units: number | undefined;
  /** What demands so many units, or rules the tier out; undefined if one unit is plenty. */
  readonly because: string | undefined;
}

/** What one kind of operation, or the quota of messages, needs. */
type Demand = Omit<Need, 'tier'>;

/** How many units of each tier would have been enough for the peaks and for the busiest day. */
export const needsOf = (usage: Usage): Need[] => {
  const rows = THROTTLE_NAMES.map((name) => ({ name, used: usage.of(name) })).filter(({ used }) => used.peak > 0);
  return TIER_NAMES.map((tier) => {
    const demands = [...rows.map(({ name, used }) => demandOf(tier, name, used)), quotaDemand(tier, rows)];
    const most = demands.reduce((a, b) => (larger(b, a) ? b : a), { units: 1, because: undefined });
    return most.units !== undefined && most.units > MAX_UNITS[tier]
      ? { tier, units: undefined, because: most.because }
      : { tier, ...most };
  });
};

/** "This run would need S2 × 15 or S3: twin updates peaked at 71/s, of which S2 allows 50/s". */
export const summaryOf = (needs: readonly Need[]): string => {
  const enough = needs.filter(({ units }) => units !== undefined);
  const [first] = enough;
  if (first === undefined) return 'No tier of the service would be enough for this run.';
  const others = first.units === 1 ? [] : enough.filter(({ tier }) => !isBasic(tier) && tier[1] !== first.tier[1]);
  const smaller = needs.slice(0, needs.indexOf(first)).findLast(({ tier }) => !isBasic(tier));
  const because = first.because ?? smaller?.because;
  return `This run would need ${[first, ...others].map(textOf).join(' or ')}${because === undefined ? '' : `: ${because}`}.`;
};

const textOf = ({ tier, units = 1 }: Need): string => tierText({ name: tier, units });

const larger = (a: Demand, b: Demand): boolean =>
  (a.units ?? Number.POSITIVE_INFINITY) > (b.units ?? Number.POSITIVE_INFINITY);

const demandOf = (tier: TierName, name: ThrottleName, { peak }: Used): Demand => {
  const throttle = THROTTLES[name];
  if (isBasic(tier) && !throttle.inBasic) return { units: undefined, because: `${tier} has no ${throttle.title}` };
  const units = unitsFor(throttle, tier, peak);
  const allowed = rateText(throttle, rateOf(throttle, { name: tier, units: 1 }));
  return {
    units,
    because: `${throttle.title} peaked at ${rateText(throttle, peak)}, of which ${tier} allows ${allowed}`,
  };
};

const quotaDemand = (tier: TierName, rows: readonly { readonly name: ThrottleName; readonly used: Used }[]): Demand => {
  const messages = rows.reduce((sum, { used }) => sum + used.busiest[meterOf(tier)], 0);
  const quota = dailyQuota({ name: tier, units: 1 });
  // what was refused is not charged, but would have been at least one more
  const isMore = rows.some(({ name, used }) => THROTTLES[name].isBilled && used.refused > 0);
  return {
    units: Math.max(1, Math.ceil((messages + (isMore ? 1 : 0)) / quota)),
    because: `${messages} messages were charged on one day${isMore ? ' and more were refused' : ''}, of which ${tier} has ${quota}`,
  };
};

/** `71/s`, `20/min`, `160 KB/s`. */
export const rateText = ({ per, inBytes }: Throttle, rate: number): string =>
  `${inBytes ? `${Math.ceil(rate / 1024)} KB` : rate}/${per === 'second' ? 's' : 'min'}`;

/** What a tier allows of a throttle, for people. */
export const allowanceText = (name: ThrottleName, tier: Tier): string => {
  const throttle = THROTTLES[name];
  return isBasic(tier.name) && !throttle.inBasic ? 'none' : rateText(throttle, rateOf(throttle, tier));
};
