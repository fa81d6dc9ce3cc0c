import { ThrottlingError } from './errors.ts';

/** Decides whether and when a failed operation is retried. */
export interface RetryPolicy {
  /** Milliseconds until the next attempt; a negative number ends the attempts. */
  nextRetryTimeout: (retryCount: number, isThrottled: boolean) => number;
  shouldRetry: (error: Error) => boolean;
}

/** For each name of an error: should the operation be retried? */
export type ErrorFilter = Readonly<Record<string, boolean>>;

/** `c`, `cMin` and `cMax` in milliseconds; `ju` and `jd` are the bounds of the jitter, as fractions of `c`. */
class ExponentialBackoffWithJitterParameters {
  c = 100;
  cMin = 100;
  cMax = 10_000;
  ju = 0.25;
  jd = 0.5;
}

const RETRIED: ErrorFilter = {
  NotConnectedError: true,
  InternalServerError: true,
  ServiceUnavailableError: true,
  ThrottlingError: true,
  TimeoutError: true,
};

/** Doubles the wait after each failure, up to 10 s, or up to 60 s if the hub throttles; figures of azure-iot-common 1.13. */
export class ExponentialBackOffWithJitter implements RetryPolicy {
  normalParameters = new ExponentialBackoffWithJitterParameters();
  throttledParameters = Object.assign(new ExponentialBackoffWithJitterParameters(), {
    c: 5_000,
    cMin: 10_000,
    cMax: 60_000,
  });
  immediateFirstRetry: boolean;
  readonly #filter: ErrorFilter;

  constructor(immediateFirstRetry = true, errorFilter: ErrorFilter = RETRIED) {
    this.immediateFirstRetry = immediateFirstRetry;
    this.#filter = errorFilter;
  }

  nextRetryTimeout(retryCount: number, isThrottled: boolean): number {
    if (this.immediateFirstRetry && retryCount === 0 && !isThrottled) return 0;
    const { c, cMin, cMax, ju, jd } = isThrottled ? this.throttledParameters : this.normalParameters;
    const jitter = Math.random() * (c * (1 - ju) - c * (1 - jd));
    return Math.min(cMin + (2 ** (retryCount - 1) - 1) * jitter, cMax);
  }

  shouldRetry(error: Error): boolean {
    return this.#filter[error.name] ?? false;
  }
}

/** Does not retry. */
export class NoRetry implements RetryPolicy {
  nextRetryTimeout(_retryCount: number): number {
    return -1;
  }

  shouldRetry(_error: Error): boolean {
    return false;
  }
}

/** An operation is retried for at most four minutes. */
const MAX_OPERATION_MS = 240_000;

/** For how many milliseconds to retry, and which errors end the attempts regardless of the policy. */
export interface RetryLimits {
  readonly maxMs?: number;
  readonly stopped?: (error: Error) => boolean;
}

/** Runs `operation` until it succeeds or the policy gives up; rejects with the last error. */
export const retry = async <T>(
  operation: () => Promise<T>,
  policy: () => RetryPolicy,
  { maxMs = MAX_OPERATION_MS, stopped = () => false }: RetryLimits = {},
): Promise<T> => {
  const expiry = Date.now() + maxMs;
  for (let count = 1; ; count++) {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof Error) || stopped(error) || !policy().shouldRetry(error)) throw error;
      const pause = policy().nextRetryTimeout(count, error instanceof ThrottlingError);
      if (pause < 0 || Date.now() >= expiry) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (stopped(error)) throw error;
    }
  }
};

type Done = (error?: Error | null, result?: unknown, response?: unknown) => void;

/** The callback form of `retry` that azure-iot-common exports; `maxTimeout` in milliseconds. */
export class RetryOperation {
  readonly #policy: RetryPolicy;
  readonly #maxTimeout: number;

  constructor(_name: string, policy: RetryPolicy, maxTimeout: number) {
    this.#policy = policy;
    this.#maxTimeout = maxTimeout;
  }

  retry(operation: (done: Done) => void, finalCallback: Done): void {
    const attempt = () =>
      new Promise<readonly [unknown, unknown]>((resolve, reject) => {
        operation((error, result, response) => (error ? reject(error) : resolve([result, response])));
      });
    retry(attempt, () => this.#policy, { maxMs: this.#maxTimeout }).then(
      ([result, response]) => process.nextTick(finalCallback, null, result, response),
      (error: Error) => process.nextTick(finalCallback, error),
    );
  }
}
