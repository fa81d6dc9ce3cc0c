import type { TransportConfig } from '../../shared/authentication-provider.ts';
import type { DeviceClientOptions } from '../transport.ts';
import { webSocketAddressOf } from './address.ts';
import type { Address } from './connection.ts';
import { Mqtt } from './mqtt.ts';

/** MQTT 3.1.1 through a WebSocket over TLS. */
export class MqttWs extends Mqtt {
  /** @internal */
  protected override address(credentials: TransportConfig, options: DeviceClientOptions): Address {
    return webSocketAddressOf(credentials, options);
  }
}
