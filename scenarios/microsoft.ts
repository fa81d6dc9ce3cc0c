import device from 'azure-iot-device';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';
import type { Sdk, Transport } from './sdk.ts';

// Default imports, because Node does not detect all exports of these CommonJS packages.

const over = (transport: Transport) => (transport === 'MQTT' ? Mqtt : MqttWs);

/** Microsoft's packages, unmodified. */
export const microsoft: Sdk = {
  name: "Microsoft's SDK",
  registry: (text) => iothub.Registry.fromConnectionString(text),
  service: (text) => iothub.Client.fromConnectionString(text),
  device: (text, transport) => device.Client.fromConnectionString(text, over(transport)),
  deviceByToken: (token, transport) => device.Client.fromSharedAccessSignature(token, over(transport)),
  module: (text, transport) => device.ModuleClient.fromConnectionString(text, over(transport)),
  jobs: (text) => iothub.JobClient.fromConnectionString(text),
  digitalTwins: (text) => new iothub.DigitalTwinClient(new iothub.IoTHubTokenCredentials(text)),
  sign: (...of) => device.SharedAccessSignature.create(...of).toString(),
  message: (body) => new device.Message(body),
};
