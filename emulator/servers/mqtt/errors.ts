import { ERROR_CODES, HubError } from '../../../protocol/errors.ts';
import { timestamp } from '../../hub/clock.ts';
import type { Hub } from '../../hub/hub.ts';

/** A twin request's refusal: status for the topic, JSON for the payload. */
export interface ErrorAnswer {
  readonly status: number;
  readonly payload: string;
}

/**
 * Dresses an error for `$iothub/twin/res/{status}`. Node's SDK looks only at the body's `errorCode`, .NET reads all four
 * members (IotHubClientErrorResponseMessage). What is no HubError is a bug and says nothing of itself.
 */
export const errorAnswer = (error: unknown, hub: Hub): ErrorAnswer => {
  const known = error instanceof HubError ? error : undefined;
  return {
    status: known?.status ?? 500,
    payload: JSON.stringify({
      errorCode: known?.number ?? ERROR_CODES.ServerError,
      trackingId: hub.ids.trackingId(),
      message: known?.message ?? 'An internal error occurred.',
      timestampUtc: timestamp(hub.clock.now()),
    }),
  };
};
