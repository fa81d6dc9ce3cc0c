// A device reports, a service sets desired properties, both see it. Arguments: tcp or ws, a property's name, its value.

import { Client } from 'azure-iot-device';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';

const [transport, name, value] = process.argv.slice(2);
const deviceString = process.env.IOTHUB_DEVICE_CONNECTION_STRING;
const deviceId = /DeviceId=([^;]+)/.exec(deviceString)[1];
const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);

const client = Client.fromConnectionString(deviceString, transport === 'ws' ? MqttWs : Mqtt);
await client.open();
const twin = await client.getTwin();
const heard = new Promise((done) => {
  twin.on(`properties.desired.${name}`, done);
});
await new Promise((done, failed) => {
  twin.properties.reported.update({ [name]: value }, (error) => (error ? failed(error) : done()));
});
const { responseBody: changed } = await registry.updateTwin(
  deviceId,
  { properties: { desired: { [name]: value } } },
  '*',
);

const query = registry.createQuery(
  `SELECT * FROM devices WHERE properties.reported.${name} = '${value}' AND properties.desired.${name} = '${value}'`,
);
const { result: found } = await query.nextAsTwin();
const report = {
  reported: changed.properties.reported[name],
  heard: await heard,
  found: found.map((each) => each.deviceId),
};
await client.close();
console.log(JSON.stringify(report));
