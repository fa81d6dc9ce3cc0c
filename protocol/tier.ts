/** The tiers of the service, smallest first. https://learn.microsoft.com/azure/iot-hub/iot-hub-scaling */
export const TIER_NAMES = ['F1', 'B1', 'S1', 'B2', 'S2', 'B3', 'S3'] as const;
export type TierName = (typeof TIER_NAMES)[number];

/** What a hub is bought as. */
export interface Tier {
  readonly name: TierName;
  readonly units: number;
}

/** The most units of one hub. https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits */
export const MAX_UNITS: Readonly<Record<TierName, number>> = {
  F1: 1,
  B1: 200,
  S1: 200,
  B2: 200,
  S2: 200,
  B3: 10,
  S3: 10,
};

/** Reads `S1`, or `S1x2` for two units; undefined if it is not a tier. */
export const readTier = (text: string): Tier | undefined => {
  const [, letters, digits = '1'] = /^([FBS][123])(?:[x×](\d{1,3}))?$/i.exec(text) ?? [];
  const name = TIER_NAMES.find((known) => known === letters?.toUpperCase());
  const units = Number(digits);
  return name === undefined || units < 1 || units > MAX_UNITS[name] ? undefined : { name, units };
};

export const tierText = ({ name, units }: Tier): string => (units === 1 ? name : `${name} × ${units}`);
