import { randomUUID } from 'node:crypto';
import type { TransportConfig } from '../../shared/authentication-provider.ts';
import * as endpoint from '../../shared/endpoint.ts';
import { userAgent } from '../../shared/user-agent.ts';
import type { DeviceClientOptions } from '../transport.ts';

/** The addresses of a device's or module's links, and the properties of each link. */
export interface DevicePlace {
  readonly events: string;
  /** Messages from the cloud; of a module, those to its inputs. */
  readonly messages: string;
  readonly methods: string;
  readonly twin: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-amqp-support#device-client */
export const placeOf = ({ deviceId, moduleId }: TransportConfig, options: DeviceClientOptions): DevicePlace => {
  const properties = {
    'com.microsoft:client-version': userAgent(options.productInfo),
    ...(options.modelId ? { 'com.microsoft:model-id': options.modelId } : {}),
  };
  if (moduleId)
    return {
      events: endpoint.moduleEventPath(deviceId, moduleId),
      messages: endpoint.moduleMessagePath(deviceId, moduleId),
      methods: endpoint.moduleMethodPath(deviceId, moduleId),
      twin: endpoint.moduleTwinPath(deviceId, moduleId),
      properties,
    };
  return {
    events: endpoint.deviceEventPath(deviceId),
    messages: endpoint.deviceMessagePath(deviceId),
    methods: endpoint.deviceMethodPath(deviceId),
    twin: endpoint.deviceTwinPath(deviceId),
    properties,
  };
};

/** The options of the two links of a channel, which the hub recognizes by their common id. */
export const channelOf = ({ properties }: DevicePlace, channel: 'methods' | 'twin') => ({
  properties: {
    ...properties,
    'com.microsoft:api-version': endpoint.apiVersion,
    'com.microsoft:channel-correlation-id': `${channel}:${randomUUID()}`,
  },
});
