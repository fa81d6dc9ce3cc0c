import type { ErrorCode } from '../protocol/errors.ts';
import type { FAULT_OPERATIONS } from '../protocol/fault.ts';

// Documented for editors; the schema of protocol/fault.ts checks the values, and a test compares the two.

/** An operation that can be made to fail. */
export type FaultOperation = (typeof FAULT_OPERATIONS)[number];

/** The operations that a fault applies to. What is left out matches everything; `*` in texts stands for any text. */
export interface FaultMatch {
  /** A device id. */
  readonly device?: string | undefined;
  /** A module id. */
  readonly module?: string | undefined;
  /** The protocol of the client. */
  readonly protocol?: 'mqtt' | 'mqtt-ws' | 'amqp' | 'amqp-ws' | 'rest' | undefined;
  /** What the client or the hub is about to do. */
  readonly operation?: FaultOperation | undefined;
  /** The name of a direct method. */
  readonly methodName?: string | undefined;
  /** The path of a REST request, such as `/twins/*`, or the address of an AMQP link that is attached (`subscribe`). */
  readonly path?: string | undefined;
  /** The first match that fails, counted from 1; default 1. */
  readonly nth?: number | undefined;
  /** How many matches fail; default: all from `nth` on, or one if `nth` is given. */
  readonly times?: number | undefined;
  /** The share of matches that fail, 0 to 1, drawn from the hub's random seed; default 1. */
  readonly probability?: number | undefined;
}

/** What happens to an operation. */
export type FaultEffect =
  /** The operation is refused. `code`: the hub's name of the error; `status`: instead of the status of the code. */
  | {
      readonly type: 'error';
      readonly code: ErrorCode;
      readonly message?: string | undefined;
      readonly status?: number | undefined;
    }
  /** The operation takes `ms` longer. */
  | { readonly type: 'delay'; readonly ms: number }
  /** The operation happens, but is not answered; what the hub sends to a device is lost. */
  | { readonly type: 'drop' }
  /** The operation happens twice. */
  | { readonly type: 'duplicate' }
  /** A later operation overtakes this one. */
  | { readonly type: 'reorder' }
  /** The connection ends, before or after the answer; default `before`. */
  | { readonly type: 'disconnect'; readonly when?: 'before' | 'after' | undefined }
  /** The operation is refused as the service refuses clients that exceed their quota. */
  | { readonly type: 'throttle' }
  /** The connection stays open, but nothing goes through it from now on. */
  | { readonly type: 'blackHole' }
  /** A TLS client gets a certificate that it does not trust. */
  | { readonly type: 'refuseCertificate' };

/** A rule by which operations fail. */
export interface FaultRule {
  /** A name for the rule; default `fault-1`, `fault-2`, … */
  readonly id?: string | undefined;
  /** The operations that the rule applies to; default all. */
  readonly match?: FaultMatch | undefined;
  /** What happens to them. */
  readonly effect: FaultEffect;
  /** When the rule applies, in ms of the hub's clock from the moment it is added; default always. */
  readonly window?: { readonly afterMs?: number | undefined; readonly durationMs?: number | undefined } | undefined;
}
