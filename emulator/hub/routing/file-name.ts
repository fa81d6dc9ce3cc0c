import { timestamp } from '../../kernel/clock.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-endpoints#azure-storage-as-a-routing-endpoint */
const TOKENS = ['{iothub}', '{partition}', '{YYYY}', '{MM}', '{DD}', '{HH}', '{mm}'] as const;

/** The parts that a format must have and has not. */
export const missingTokens = (format: string): string[] => TOKENS.filter((token) => !format.includes(token));

/** True if the blobs would be in another container: clients take such segments out of a URL. */
export const leavesPlace = (format: string): boolean => /(^|[\\/])\.\.?([\\/]|$)/.test(format);

interface NamedFile {
  readonly hubName: string;
  readonly partition: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The name of a blob; partitions have two digits. UNCERTAIN: its time is that of the writing. */
export const fileName = (format: string, { hubName, partition, at }: NamedFile): string => {
  const [year = '', month = '', day = '', hour = '', minute = ''] = timestamp(at).split(/[-T:]/);
  const values = [hubName, String(partition).padStart(2, '0'), year, month, day, hour, minute];
  return TOKENS.reduce((name, token, index) => name.replaceAll(token, () => values[index] ?? ''), format);
};
