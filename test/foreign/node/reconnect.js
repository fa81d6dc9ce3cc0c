// A device whose connection is cut goes on hearing. Arguments: tcp or ws, a property's name, its value.

import { Socket } from 'node:net';
import { Client } from 'azure-iot-device';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';

const [transport, name, value] = process.argv.slice(2);
const deviceString = process.env.IOTHUB_DEVICE_CONNECTION_STRING;
const deviceId = /DeviceId=([^;]+)/.exec(deviceString)[1];
const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);

/** As a network would: the SDK is not told. */
const cutConnections = () => {
  const sockets = process._getActiveHandles().filter((handle) => handle instanceof Socket && handle.remotePort);
  for (const socket of sockets) socket.destroy();
  return sockets.length;
};

const client = Client.fromConnectionString(deviceString, transport === 'ws' ? MqttWs : Mqtt);
await client.open();
const twin = await client.getTwin();
const heard = new Promise((done) => {
  twin.on(`properties.desired.${name}`, done);
});
await new Promise((done, failed) => {
  twin.properties.reported.update({ [name]: value }, (error) => (error ? failed(error) : done()));
});

const reconnected = new Promise((done) => {
  client.once('connect', done);
});
const cut = cutConnections();
await reconnected;
await registry.updateTwin(deviceId, { properties: { desired: { [name]: value } } }, '*');
const report = { cut: cut > 0, heard: await heard };
await client.close();
console.log(JSON.stringify(report));
