import { amqpError, translated } from '../../shared/amqp/error.ts';
import { DeviceMaximumQueueDepthExceededError } from '../../shared/errors.ts';

/** Runs `operation`; rejects with one of `errors` that has the text `message`. */
export const serviceOperation = <T>(message: string, operation: () => Promise<T>): Promise<T> =>
  translated(message, operation, serviceError);

/** As azure-iothub 1.16.6, amqp_service_errors.js. */
const serviceError = (message: string, error: unknown): Error => {
  const isFull = typeof error === 'object' && error !== null && Reflect.get(error, 'condition') === QUEUE_FULL;
  if (!isFull) return amqpError(message, error);
  return Object.assign(new DeviceMaximumQueueDepthExceededError(message), { amqpError: error });
};

const QUEUE_FULL = 'amqp:resource-limit-exceeded';
