import { METERS, type Meter } from './quotas.ts';
import { THROTTLES, type ThrottleName, windowMs } from './throttles.ts';

/** Messages that are charged, by the size of the meter. */
export type Messages = Readonly<Record<Meter, number>>;

/** What clients have used of one throttle. Immutable. */
export interface Used {
  readonly operations: number;
  /** Operations that the tier has refused. */
  readonly refused: number;
  readonly bytes: number;
  readonly messages: Messages;
  /** The second or minute of the last operation, counted since 1970, and how much came in it. */
  readonly window: number;
  readonly inWindow: number;
  /** The most in one second or minute, and when it began, ms since 1970. */
  readonly peak: number;
  readonly peakAt: number;
  /** The UTC day of the last operation, counted since 1970, what was charged on it, and the most on any day. */
  readonly day: number;
  readonly today: Messages;
  readonly busiest: Messages;
}

/** What clients have used in one second. */
export interface Tally {
  /** Seconds since 1970. */
  second: number;
  operations: number;
  refused: number;
  /** Against the throttle: operations or bytes, with those that were refused. */
  amount: number;
  bytes: number;
  large: number;
  small: number;
}

const NONE: Messages = { large: 0, small: 0 };
export const UNUSED: Used = {
  ...{ operations: 0, refused: 0, bytes: 0, messages: NONE, window: 0, inWindow: 0, peak: 0, peakAt: 0 },
  ...{ day: 0, today: NONE, busiest: NONE },
};

const DAY_SECONDS = 24 * 3_600;

export const dayOf = (second: number): number => Math.floor(second / DAY_SECONDS);

export const newTally = (second: number): Tally => ({
  ...{ second, operations: 0, refused: 0, amount: 0, bytes: 0, large: 0, small: 0 },
});

/** Adds a second to what was used before it. */
export const added = (used: Used, name: ThrottleName, tally: Tally): Used => {
  const width = windowMs(THROTTLES[name]);
  const window = Math.floor((tally.second * 1000) / width);
  const inWindow = (used.window === window ? used.inWindow : 0) + tally.amount;
  const day = dayOf(tally.second);
  const today = used.day === day ? sum(used.today, tally) : sum(NONE, tally);
  return {
    operations: used.operations + tally.operations,
    refused: used.refused + tally.refused,
    bytes: used.bytes + tally.bytes,
    messages: sum(used.messages, tally),
    window,
    inWindow,
    ...(inWindow > used.peak ? { peak: inWindow, peakAt: window * width } : { peak: used.peak, peakAt: used.peakAt }),
    day,
    today,
    busiest: each((meter) => Math.max(today[meter], used.busiest[meter])),
  };
};

const sum = (a: Messages, b: Messages): Messages => each((meter) => a[meter] + b[meter]);

const each = (value: (meter: Meter) => number): Messages => ({ large: value('large'), small: value('small') });

/** What is charged for `bytes`; an operation without content counts as one message. */
export const chunks = (bytes: number, meter: number): number => (bytes <= meter ? 1 : Math.ceil(bytes / meter));

/** Charges an operation with this content. */
export const charge = (tally: Tally, bytes: number): void => {
  tally.bytes += bytes;
  tally.large += chunks(bytes, METERS.large);
  tally.small += chunks(bytes, METERS.small);
};
