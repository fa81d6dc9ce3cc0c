import { ERROR_CODES, HubError } from '../../protocol/errors.ts';
import type { Hub } from '../hub/hub.ts';
import { timestamp } from '../kernel/clock.ts';

/** The answer to a twin request that failed: a status, and JSON for the payload. */
export interface ErrorAnswer {
  readonly status: number;
  readonly payload: string;
}

/**
 * Turns an error into an answer for a device. Node's SDK reads only the body's `errorCode`, .NET's all four
 * members (IotHubClientErrorResponseMessage). Anything but a HubError is a bug, whose text is not sent.
 */
export const errorAnswer = (error: unknown, hub: Hub): ErrorAnswer => {
  const known = error instanceof HubError ? error : undefined;
  return {
    status: known?.status ?? 500,
    payload: JSON.stringify({
      errorCode: known?.number ?? ERROR_CODES.ServerError,
      trackingId: hub.ids.trackingId(),
      message: known?.text ?? 'An internal error occurred.',
      timestampUtc: timestamp(hub.clock.now()),
    }),
  };
};
