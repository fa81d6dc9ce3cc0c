import type { TransportConfig } from '../shared/authentication-provider.ts';
import { Mqtt } from './mqtt.ts';
import { type Address, webSocketAddressOf } from './mqtt-address.ts';
import type { DeviceClientOptions } from './transport.ts';

/** MQTT 3.1.1 through a WebSocket over TLS. */
export class MqttWs extends Mqtt {
  protected override address(credentials: TransportConfig, options: DeviceClientOptions): Address {
    return webSocketAddressOf(credentials, options);
  }
}
