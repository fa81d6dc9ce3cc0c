import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';

const service = process.env.IOTHUB_CONNECTION_STRING;
const { responseBody: module } = await iothub.Registry.fromConnectionString(service).getModule('myDevice', 'myModule');
const hostName = /HostName=([^;]+)/.exec(service)[1];
const key = module.authentication.symmetricKey.primaryKey;
const client = device.ModuleClient.fromConnectionString(
  `HostName=${hostName};DeviceId=myDevice;ModuleId=myModule;SharedAccessKey=${key}`,
  mqtt.Mqtt,
);
await client.open();
const twin = await client.getTwin();
await new Promise((done, failed) => {
  twin.properties.reported.update({ filter: 'on' }, (error) => (error ? failed(error) : done()));
});
await client.close();
