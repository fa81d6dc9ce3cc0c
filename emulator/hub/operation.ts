import type { FaultOperation } from '../../protocol/fault.ts';
import type { IdentityKey } from '../../protocol/identity-key.ts';

/** An operation that a client is about to do, as far as the server knows it. */
export interface Operation {
  readonly type: FaultOperation;
  /** Unknown during a TLS handshake. */
  readonly protocol?: string;
  readonly key?: IdentityKey | undefined;
  readonly methodName?: string | undefined;
  /** Of a REST request, such as `/twins/d1`; the address of an AMQP link. */
  readonly path?: string | undefined;
  /** Of a REST request: its row in the table, such as `GET /twins/:deviceId`. */
  readonly route?: string | undefined;
  /** Of the content, as far as it is known. */
  readonly bytes?: number | undefined;
}
