import { Client } from './client.ts';
import { Mqtt } from './mqtt/mqtt.ts';

// The exports of azure-iot-device 1.18, azure-iot-device-mqtt 1.16, azure-iot-device-amqp 1.14 and azure-iot-device-http 1.14, and those of azure-iot-common 1.13 used with them.
export type { AuthenticationProvider, TransportConfig, X509 } from '../shared/authentication-provider.ts';
export * from '../shared/common.ts';
export { getUserAgentString } from '../shared/user-agent.ts';
export { Amqp } from './amqp/amqp.ts';
export { AmqpWs } from './amqp/amqp-ws.ts';
export { SharedAccessKeyAuthenticationProvider } from './authentication/shared-access-key-provider.ts';
export { SharedAccessSignatureAuthenticationProvider } from './authentication/shared-access-signature-provider.ts';
export { X509AuthenticationProvider } from './authentication/x509-provider.ts';
export * as ConnectionString from './connection-string.ts';
export { Http } from './http/http.ts';
export { DeviceMethodRequest, DeviceMethodResponse } from './method.ts';
export { ModuleClient } from './module-client.ts';
export { MqttWs } from './mqtt/mqtt-ws.ts';
export * as SharedAccessSignature from './shared-access-signature.ts';
export type {
  AmqpTransportOptions,
  Capability,
  DeviceClientOptions,
  DeviceTransport,
  HttpReceiverOptions,
  HttpTransportOptions,
  MethodMessage,
  MqttTransportOptions,
  TokenRenewalValues,
} from './transport.ts';
export { Twin, type TwinProperties } from './twin.ts';
export { Client, Mqtt };

/** A device over MQTT, as azure-iot-device-mqtt creates it. */
export const clientFromConnectionString = (connectionString: string): Client =>
  Client.fromConnectionString(connectionString, Mqtt);
