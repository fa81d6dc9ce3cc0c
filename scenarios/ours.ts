import { Client, Message, ModuleClient, Mqtt, MqttWs, SharedAccessSignature } from 'iothub-emulator/device';
import {
  DigitalTwinClient,
  IoTHubTokenCredentials,
  JobClient,
  Registry,
  Client as Service,
} from 'iothub-emulator/service';
import type { Sdk, Transport } from './sdk.ts';

const over = (transport: Transport) => (transport === 'MQTT' ? Mqtt : MqttWs);

/** The clients of this package. */
export const ours: Sdk = {
  name: 'our SDK',
  registry: (text) => Registry.fromConnectionString(text),
  service: (text) => Service.fromConnectionString(text),
  device: (text, transport) => Client.fromConnectionString(text, over(transport)),
  deviceByToken: (token, transport) => Client.fromSharedAccessSignature(token, over(transport)),
  module: (text, transport) => ModuleClient.fromConnectionString(text, over(transport)),
  jobs: (text) => JobClient.fromConnectionString(text),
  digitalTwins: (text) => new DigitalTwinClient(new IoTHubTokenCredentials(text)),
  sign: (...of) => SharedAccessSignature.create(...of).toString(),
  message: (body) => new Message(body),
};
