import { amqpWebSocketAddress } from '../../shared/amqp/address.ts';
import type { AmqpAddress } from '../../shared/amqp/connection.ts';
import { Amqp } from './amqp.ts';

/** AMQP 1.0 through a WebSocket over TLS. */
export class AmqpWs extends Amqp {
  /** @internal */
  protected override address(host: string, tls: AmqpAddress['tls']): AmqpAddress {
    return amqpWebSocketAddress(host, tls);
  }
}
