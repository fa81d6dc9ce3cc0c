// Receives messages from the cloud with azure-iot-device until the last one. Arguments: tcp or ws. The environment has the
// strings of a device and of its module.

import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';

const { Client, ModuleClient } = device;
const Transport = process.argv[2] === 'ws' ? mqtt.MqttWs : mqtt.Mqtt;
const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Transport);
const module = ModuleClient.fromConnectionString(process.env.IOTHUB_MODULE_CONNECTION_STRING, Transport);

const plain = ({ data, messageId, correlationId, contentType, properties }) => ({
  data: data.toString(),
  messageId,
  correlationId,
  contentType,
  properties: Object.fromEntries(properties.propertyList.map(({ key, value }) => [key, value])),
});

const received = [];
const last = new Promise((done) => {
  client.on('message', (message) => {
    received.push(plain(message));
    client.complete(message, (error) => {
      if (error) throw error;
      if (message.data.toString() === 'last') done();
    });
  });
});
const input = new Promise((done) => {
  module.on('inputMessage', (name, message) => module.complete(message, () => done([name, plain(message)])));
});

await client.open();
await module.open();
console.log('listening');
await last;
console.log(JSON.stringify({ received, input: await input }));
await client.close();
await module.close();
