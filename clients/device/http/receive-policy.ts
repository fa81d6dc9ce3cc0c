import { ArgumentError, NotImplementedError } from '../../shared/errors.ts';
import type { HttpReceiverOptions } from '../transport.ts';

/** Once a second, all messages that are there; azure-iot-device-http 1.14. */
export const DEFAULT_POLICY: HttpReceiverOptions = { interval: 1, drain: true };

const WHEN = ['interval', 'at', 'cron', 'manualPolling'] as const satisfies readonly (keyof HttpReceiverOptions)[];

/** Throws ArgumentError for a policy that is not valid, NotImplementedError for cron expressions. */
export const checkPolicy = (policy: HttpReceiverOptions): void => {
  const { interval, at, cron } = policy;
  // the texts of azure-iot-device-http 1.14
  if (WHEN.filter((name) => policy[name]).length > 1)
    throw new ArgumentError('Only one of the (interval|at|cron) fields should be set.');
  if (interval !== undefined && typeof interval !== 'number')
    throw new ArgumentError("The 'interval' parameter must be a number");
  if (interval !== undefined && !(interval > 0))
    throw new ArgumentError("the 'interval' parameter must be strictly greater than 0 (zero)");
  if (at && !(at instanceof Date)) throw new ArgumentError("The 'at' parameter must be a Date");
  if (cron) throw new NotImplementedError('Cron expressions are not supported; use interval, at or manualPolling');
};

/** Calls `receive` when the policy says so; returns what ends that. */
export const schedule = (policy: HttpReceiverOptions, receive: () => void): (() => void) => {
  const { interval = DEFAULT_POLICY.interval ?? 1, at, manualPolling } = policy;
  if (manualPolling) return () => undefined;
  const timer = at
    ? setTimeout(receive, Math.max(at.getTime() - Date.now(), 0))
    : setInterval(receive, interval * 1_000);
  return () => clearTimeout(timer); // ends both kinds
};
