import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { type Tier, tierText } from '../../../protocol/tier.ts';
import { keySpace } from '../../kernel/change-feed.ts';
import type { Clock } from '../../kernel/clock.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { HubBus } from '../events.ts';
import { type Bucket, EMPTY, type Level, left, pass } from './bucket.ts';
import { METERING } from './metering.ts';
import { dailyQuota, isBasic, meterOf } from './quotas.ts';
import { rateOf, THROTTLES, type ThrottleName, windowMs } from './throttles.ts';
import { amountOf, type Usage } from './usage.ts';

/** An operation that a client is about to do. */
export interface Asked {
  /** A key of `METERING`; others are free. */
  readonly operation: string;
  readonly protocol?: string | undefined;
  readonly key?: IdentityKey | undefined;
  /** Of the content, as far as it is known. */
  readonly bytes?: number | undefined;
}

/**
 * UNCERTAIN: the service takes more than the rate "for the first minute or two", then lets operations wait in a queue whose
 * size no document gives. Its error says that one should wait for 10 seconds.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#traffic-shaping
 */
const BURST_MS = 60_000;
const QUEUE_MS = 10_000;
/** So that waiting operations do not fill the memory of the larger tiers: as many as S1 lets wait. */
const MOST_WAITING = 1000;
/** UNCERTAIN: that jobs keep to their rate second by second. */
const JOB_BURST_MS = 1000;

/** Room: what the tier of the hub allows, and when. */
export class Tiers {
  /** Undefined: everything passes at once. */
  readonly tier: Tier | undefined;
  readonly #clock: Clock;
  readonly #events: HubBus;
  readonly #usage: Usage;
  readonly #hostName: string;
  /** What has passed each throttle. */
  readonly #levels = new StateMap<Level>();
  readonly #watchers: (() => void)[] = [];

  constructor(parts: { tier: Tier | undefined; clock: Clock; events: HubBus; usage: Usage; hostName: string }) {
    this.tier = parts.tier;
    this.#clock = parts.clock;
    this.#events = parts.events;
    this.#usage = parts.usage;
    this.#hostName = parts.hostName;
  }

  get space() {
    return keySpace('throttles', this.#levels);
  }

  /** How long the operation has to wait, in ms, or the error with which it is refused. It counts, so ask once. */
  admit(asked: Asked): number | HubError {
    const { tier } = this;
    const metering = METERING[asked.operation];
    if (tier === undefined || metering === undefined) return 0;
    const { throttle } = metering;
    const { inBasic = false } = throttle === undefined ? metering : THROTTLES[throttle];
    const missing = isBasic(tier.name) && !inBasic ? notInTier(tier) : undefined;
    if (throttle === undefined) return missing === undefined ? 0 : this.#refused(asked, missing);
    const overQuota = THROTTLES[throttle].isBilled ? this.#overQuota(tier) : undefined;
    const wait = missing ?? overQuota ?? this.#pass(throttle, asked, tier) ?? throttled(throttle, asked.protocol, tier);
    if (!(wait instanceof HubError)) return wait;
    this.#usage.refuse(throttle, asked.bytes ?? 0);
    return this.#refused(asked, wait);
  }

  /** How long the next device of a job has to wait, in ms; takes its place if it need not wait. */
  takeTurn(): number {
    const { tier } = this;
    if (tier === undefined) return 0;
    const bucket = bucketOf('jobDevices', tier, { burst: JOB_BURST_MS, queue: 0 });
    const [level, now] = [this.#levels.get('jobDevices') ?? EMPTY, this.#clock.now()];
    const passage = pass(bucket, level, { now, cost: 1 });
    if (passage === undefined) return Math.ceil((left(bucket.rate, level, now) + 1 - bucket.burst) / bucket.rate);
    this.#levels.set('jobDevices', passage.level);
    return 0;
  }

  /** Calls `release` when operations that wait need not wait any longer. */
  watch(release: () => void): void {
    this.#watchers.push(release);
  }

  /** Forgets what has passed, so that a burst passes again. */
  clear(): void {
    this.#levels.clear();
  }

  /** Lets operations happen that wait. */
  release(): void {
    for (const release of this.#watchers) release();
  }

  #pass(throttle: ThrottleName, { operation, key, bytes = 0 }: Asked, tier: Tier): number | undefined {
    const bucket = bucketOf(throttle, tier, { burst: BURST_MS, queue: QUEUE_MS });
    const [level, now] = [this.#levels.get(throttle) ?? EMPTY, this.#clock.now()];
    const passage = pass(bucket, level, { now, cost: amountOf(throttle, bytes) });
    if (passage === undefined) return undefined;
    this.#levels.set(throttle, passage.level);
    if (passage.wait > 0 && left(bucket.rate, level, now) <= bucket.burst)
      this.#events.publish({ type: 'tier.queued', operation, key, cause: allowance(throttle, tier) });
    return Math.ceil(passage.wait);
  }

  #refused({ operation, key }: Asked, error: HubError): HubError {
    const { code, hint = '', remedy = '' } = error;
    this.#events.publish({ type: 'tier.refused', operation, key, code, cause: hint, remedy });
    return error;
  }

  #overQuota(tier: Tier): HubError | undefined {
    const [quota, sent] = [dailyQuota(tier), this.#usage.today(meterOf(tier.name))];
    if (sent < quota) return undefined;
    // https://learn.microsoft.com/azure/azure-percept/how-to-set-up-advanced-network-connections has the text in full
    const [name] = this.#hostName.split('.', 1);
    return new HubError(
      'IotHubQuotaExceeded',
      `Total number of messages on IotHub '${name}' exceeded the allocated quota. Max allowed message count: '${quota}', ` +
        `current message count: '${sent}'. Send and Receive operations are blocked for this hub until the next UTC day. ` +
        'Consider increasing the units for this hub to increase the quota.',
      { hint: `${tierText(tier)} has ${quota} messages a day`, remedy: REMEDY },
    );
  }
}

const REMEDY = 'send less, or start with more units or a larger tier: iothub-emulator usage says which';

/** `times`: how much passes at once, as the time in which the rate allows it, and how long operations wait, in ms. */
const bucketOf = (name: ThrottleName, tier: Tier, times: { burst: number; queue: number }): Bucket => {
  const rate = rateOf(THROTTLES[name], tier) / windowMs(THROTTLES[name]);
  const most = (MOST_WAITING * amountOf(name, 1)) / rate;
  return { rate, burst: Math.round(rate * times.burst), queue: Math.min(times.queue, most) };
};

const notInTier = (tier: Tier): HubError =>
  // UNCERTAIN: the text; the documentation has it as the description of the code
  new HubError('OperationNotAvailableInCurrentTier', 'This operation is not valid for the current IoT Hub tier.', {
    hint: `${tierText(tier)} has neither twins, methods, messages to devices, jobs nor configurations`,
    remedy: 'start with a standard tier, such as --tier S1',
  });

/** UNCERTAIN: the code by protocol, and the text, which was seen in REST. */
const throttled = (throttle: ThrottleName, protocol: string | undefined, tier: Tier): HubError =>
  new HubError(
    protocol === 'rest' ? 'ThrottlingBacklogTimeout' : 'ThrottlingException',
    `The request has been throttled. Wait 10 seconds and try again. Operation type: ${THROTTLES[throttle].operationType}`,
    { hint: allowance(throttle, tier), remedy: REMEDY },
  );

const allowance = (name: ThrottleName, tier: Tier): string => {
  const throttle = THROTTLES[name];
  return `${tierText(tier)} allows ${throttle.title}: ${rateOf(throttle, tier)}${throttle.inBytes ? ' bytes' : ''} per ${throttle.per}`;
};
