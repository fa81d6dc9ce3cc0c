import type { Limits } from '../../../protocol/limits.ts';
import type { Tier, TierName } from '../../../protocol/tier.ts';

/** The two sizes of a message in the daily quota, in bytes. */
export const METERS = { large: 4096, small: 512 } as const;
export type Meter = keyof typeof METERS;

/** Messages in a day for each unit. https://azure.microsoft.com/pricing/details/iot-hub */
const DAILY: Readonly<Record<TierName, number>> = {
  F1: 8_000,
  B1: 400_000,
  S1: 400_000,
  B2: 6_000_000,
  S2: 6_000_000,
  B3: 300_000_000,
  S3: 300_000_000,
};

export const meterOf = (name: TierName): Meter => (name === 'F1' ? 'small' : 'large');

export const dailyQuota = ({ name, units }: Tier): number => DAILY[name] * units;

/** No messages to devices, twins, methods, jobs and configurations. */
export const isBasic = (name: TierName): boolean => name.startsWith('B');

/**
 * Where a tier differs from the limits of a standard hub.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits
 */
export const tierLimits = (name: TierName): Partial<Limits> => {
  switch (name) {
    case 'F1':
      // UNCERTAIN: 500 devices and 20 configurations; newer documents say 10 configurations
      return { activeJobs: 1, devices: 500, configurations: 20, routes: 5, routingEndpoints: 1, enrichments: 2 };
    case 'S1':
      return { activeJobs: 1 };
    case 'S2':
      return { activeJobs: 5 };
    default:
      return {};
  }
};
