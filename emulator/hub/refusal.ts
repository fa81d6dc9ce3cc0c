import type { IdentityKey } from '../../protocol/identity-key.ts';

/** What was refused: a client's whole connection, or one thing that it sent. */
export type RefusedThing =
  | 'handshake'
  | 'connection'
  | 'subscription'
  | 'message'
  | 'report'
  | 'twin request'
  | 'method answer'
  | 'request';

/** Why a client was refused, for people who look for the mistake; the client itself may get no reason at all. */
export interface ClientRefusal {
  readonly what: RefusedThing;
  /** The device or module, as far as it is known. */
  readonly key?: IdentityKey | undefined;
  /** The path of a request or the topic of a message. */
  readonly subject?: string | undefined;
  /** A stable name, such as `wrong-device-key`, or the name of the error with which the hub answered. */
  readonly code: string;
  /** What is wrong, in words. */
  readonly cause: string;
  /** What to do, in words. */
  readonly remedy: string;
}
