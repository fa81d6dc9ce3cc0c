import { Client } from './client.ts';
import { Mqtt } from './mqtt.ts';

// The names of azure-iot-device 1.18 and azure-iot-device-mqtt 1.16, and of azure-iot-common 1.13 where they go with them.
export type { AuthenticationProvider, TransportConfig, X509 } from '../shared/authentication-provider.ts';
export * from '../shared/common.ts';
export { getUserAgentString } from '../shared/user-agent.ts';
export * as ConnectionString from './connection-string.ts';
export { DeviceMethodRequest, DeviceMethodResponse } from './method.ts';
export { ModuleClient } from './module-client.ts';
export { MqttWs } from './mqtt-ws.ts';
export { SharedAccessKeyAuthenticationProvider } from './sak-provider.ts';
export { SharedAccessSignatureAuthenticationProvider } from './sas-provider.ts';
export * as SharedAccessSignature from './shared-access-signature.ts';
export type {
  DeviceClientOptions,
  DeviceTransport,
  MethodMessage,
  MqttTransportOptions,
  TokenRenewalValues,
} from './transport.ts';
export { Twin, type TwinProperties } from './twin.ts';
export { X509AuthenticationProvider } from './x509-provider.ts';
export { Client, Mqtt };

/** A device over MQTT, as azure-iot-device-mqtt makes it. */
export const clientFromConnectionString = (connectionString: string): Client =>
  Client.fromConnectionString(connectionString, Mqtt);
