import type { AmqpConnection } from '../application.ts';
import type { Fields } from '../codec/values.ts';
import type { TransportContext } from '../transport/transport.ts';

/** What the connections of an engine share. */
export interface EngineContext extends TransportContext {
  /** Container id of our open. */
  readonly containerId: string;
  readonly properties: Fields | undefined;
  /** Reports an error of the application that is not an AmqpError. */
  fault(error: unknown): void;
  /** The stream is closed. */
  gone(connection: AmqpConnection): void;
}
