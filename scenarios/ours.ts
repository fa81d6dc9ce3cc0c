import { Client, Message, ModuleClient, Mqtt, MqttWs } from 'iothub-emulator/device';
import { Registry, Client as Service } from 'iothub-emulator/service';
import type { Sdk, Transport } from './sdk.ts';

const over = (transport: Transport) => (transport === 'MQTT' ? Mqtt : MqttWs);

/** The clients of this package. */
export const ours: Sdk = {
  name: 'our SDK',
  registry: (text) => Registry.fromConnectionString(text),
  service: (text) => Service.fromConnectionString(text),
  device: (text, transport) => Client.fromConnectionString(text, over(transport)),
  module: (text, transport) => ModuleClient.fromConnectionString(text, over(transport)),
  message: (body) => new Message(body),
};
