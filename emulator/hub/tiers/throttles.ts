import type { Tier, TierName } from '../../../protocol/tier.ts';

/** A rate per second or minute: `perUnit` for each unit, but at least `perHub`. */
interface Rate {
  readonly perHub?: number;
  readonly perUnit?: number;
}

/** What the service throttles, each for a whole hub. */
export interface Throttle {
  /** What is counted, for people. */
  readonly title: string;
  /** What the service calls it in its error. UNCERTAIN: of these names only two were seen, RegistryRead and ConfigurationWrite. */
  readonly operationType: string;
  readonly per: 'second' | 'minute';
  /** Counted in bytes, in steps of a meter of 4 KB, rather than in operations. */
  readonly inBytes?: true;
  /** Each operation is charged as messages. */
  readonly isBilled?: true;
  /** Basic tiers have such operations too. */
  readonly inBasic?: true;
  /** By the digit of the tier: F1, B1 and S1; B2 and S2; B3 and S3. */
  readonly rates: readonly [Rate, Rate, Rate];
}

const unit = (perUnit: number): Rate => ({ perUnit });
const KB = 1024;
const SENDS = [{ perHub: 100, perUnit: 12 }, unit(120), unit(6000)] as const;
const HUNDREDS = [unit(100), unit(100), unit(5000)] as const;

/**
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#operation-throttles; what is charged:
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-pricing
 */
const TABLE = {
  registry: {
    title: 'registry operations',
    operationType: 'RegistryRead',
    per: 'minute',
    inBasic: true,
    rates: HUNDREDS,
  },
  connections: {
    title: 'new connections',
    operationType: 'DeviceConnect',
    per: 'second',
    inBasic: true,
    rates: SENDS,
  },
  deviceToCloud: {
    title: 'device-to-cloud sends',
    operationType: 'DeviceToCloudSend',
    per: 'second',
    inBasic: true,
    isBilled: true,
    rates: SENDS,
  },
  cloudToDevice: {
    title: 'cloud-to-device sends',
    operationType: 'CloudToDeviceSend',
    per: 'minute',
    isBilled: true,
    rates: HUNDREDS,
  },
  httpReceives: {
    title: 'cloud-to-device receives over HTTPS',
    operationType: 'CloudToDeviceReceive',
    per: 'minute',
    rates: [unit(1000), unit(1000), unit(50_000)],
  },
  fileUploads: {
    title: 'file upload initiations',
    operationType: 'FileUpload',
    per: 'minute',
    inBasic: true,
    isBilled: true,
    rates: HUNDREDS,
  },
  methods: {
    title: 'direct methods',
    operationType: 'DirectMethod',
    per: 'second',
    inBytes: true,
    isBilled: true,
    rates: [unit(160 * KB), unit(480 * KB), unit(24 * KB * KB)],
  },
  queries: {
    title: 'queries',
    operationType: 'Query',
    per: 'minute',
    isBilled: true,
    rates: [unit(20), unit(20), unit(1000)],
  },
  twinReads: {
    title: 'twin reads',
    operationType: 'TwinRead',
    per: 'second',
    isBilled: true,
    rates: [{ perHub: 100 }, { perHub: 100, perUnit: 10 }, unit(500)],
  },
  twinUpdates: {
    title: 'twin updates',
    operationType: 'TwinUpdate',
    per: 'second',
    isBilled: true,
    rates: [{ perHub: 50 }, { perHub: 50, perUnit: 5 }, unit(250)],
  },
  jobs: {
    title: 'jobs operations',
    operationType: 'JobWrite',
    per: 'minute',
    rates: HUNDREDS,
  },
  jobDevices: {
    title: 'device operations of jobs',
    operationType: 'JobDevice',
    per: 'second',
    rates: [{ perHub: 10 }, { perHub: 10, perUnit: 1 }, unit(50)],
  },
  configurations: {
    title: 'configuration operations',
    operationType: 'ConfigurationWrite',
    per: 'minute',
    rates: [unit(20), unit(20), unit(20)],
  },
} as const satisfies Readonly<Record<string, Throttle>>;

export type ThrottleName = keyof typeof TABLE;

export const THROTTLES: Readonly<Record<ThrottleName, Throttle>> = TABLE;
export const THROTTLE_NAMES = Object.keys(TABLE) as ThrottleName[]; // Object.keys does not know the type of the keys

/** Bytes by which direct methods are counted against their throttle. */
export const METHOD_METER = 4 * KB;

export const windowMs = ({ per }: Throttle): number => (per === 'second' ? 1000 : 60_000);

/** Operations, or bytes, in one second or minute. */
export const rateOf = (throttle: Throttle, { name, units }: Tier): number => {
  const { perHub = 0, perUnit = 0 } = rateIn(throttle, name);
  return Math.max(perHub, perUnit * units);
};

/** How many units a tier needs for a rate; undefined if no number of units is enough. */
export const unitsFor = (throttle: Throttle, name: TierName, peak: number): number | undefined => {
  const { perHub = 0, perUnit } = rateIn(throttle, name);
  if (peak <= perHub) return 1;
  return perUnit === undefined ? undefined : Math.max(1, Math.ceil(peak / perUnit));
};

const rateIn = ({ rates }: Throttle, name: TierName): Rate => rates[Number(name[1]) - 1] ?? rates[0];
