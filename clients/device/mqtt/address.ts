import { type IdentityKey, keyOf } from '../../../protocol/identity-key.ts';
import type { TransportConfig } from '../../shared/authentication-provider.ts';
import { apiVersion } from '../../shared/endpoint.ts';
import { userAgent } from '../../shared/user-agent.ts';
import type { DeviceClientOptions } from '../transport.ts';
import type { Address } from './connection.ts';

/** Seconds; azure-iot-mqtt-base 1.13. */
const KEEPALIVE = 180;

/** `device` or `device/module`: also the MQTT client id. */
export const identityOf = ({ deviceId, moduleId }: TransportConfig): IdentityKey =>
  keyOf({ deviceId, moduleId: moduleId || undefined });

/**
 * The address, and the content of CONNECT.
 * https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#use-the-mqtt-protocol-directly-as-a-device
 */
export const addressOf = (credentials: TransportConfig, options: DeviceClientOptions): Address => {
  const { host, gatewayHostName, sharedAccessSignature, x509 } = credentials;
  const clientId = identityOf(credentials);
  const model = options.modelId ? `&model-id=${options.modelId}` : '';
  const agent = encodeURIComponent(userAgent(options.productInfo));
  return {
    uri: `mqtts://${gatewayHostName || host}`,
    options: {
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: false,
      clientId,
      username: `${host}/${clientId}/?api-version=${apiVersion}${model}&DeviceClientType=${agent}`,
      reconnectPeriod: 0,
      connectTimeout: 60_000,
      keepalive: options.keepalive ?? KEEPALIVE,
      reschedulePings: false,
      resubscribe: false,
      ...(sharedAccessSignature ? { password: sharedAccessSignature } : {}),
      ...(sharedAccessSignature ? {} : certificateOf(x509)),
      ...(options.ca ? { ca: options.ca } : {}),
      ...(options.mqtt?.webSocketAgent ? { wsOptions: { agent: options.mqtt.webSocketAgent } } : {}),
    },
  };
};

/** The same over a WebSocket, on port 443 unless the host name contains a port. */
export const webSocketAddressOf = (credentials: TransportConfig, options: DeviceClientOptions): Address => {
  const host = credentials.gatewayHostName || credentials.host;
  const authority = /:\d+$/.test(host) ? host : `${host}:443`;
  return { uri: `wss://${authority}/$iothub/websocket`, options: addressOf(credentials, options).options };
};

const certificateOf = (x509: TransportConfig['x509']) => ({
  ...(x509?.cert === undefined ? {} : { cert: [x509.cert].flat().join('\n') }),
  ...(x509?.key === undefined ? {} : { key: x509.key }),
  ...(x509?.passphrase === undefined ? {} : { passphrase: x509.passphrase }),
});
