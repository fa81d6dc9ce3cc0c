import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { MethodRequest } from './method.ts';
import type { Session } from './session.ts';

/** A call that waits, without the one who waits for it. */
export interface OpenCall {
  readonly requestId: string;
  readonly key: IdentityKey;
  readonly request: MethodRequest;
  /** Milliseconds on the hub's clock, by `elapsed`. */
  readonly startedAt: number;
  /** The connection that was asked, undefined while the device is awaited. */
  readonly session: Session | undefined;
  /** The job that waits, if one does. */
  readonly jobId?: string;
}
