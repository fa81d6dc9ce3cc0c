import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';

const client = device.Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, mqtt.Mqtt);

import iothub from 'azure-iothub';

const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
await registry.update({ deviceId: 'myDevice', status: 'disabled' });
await client.open().then(
  () => console.log('connected'),
  (error) => console.log('refused:', error.message),
);
await registry.update({ deviceId: 'myDevice', status: 'enabled' });
process.exit();
