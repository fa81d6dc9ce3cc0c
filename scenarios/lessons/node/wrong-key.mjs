import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';

const [, hostName, key] = /HostName=([^;]+).*SharedAccessKey=(.+)$/.exec(process.env.IOTHUB_CONNECTION_STRING);
const client = device.Client.fromConnectionString(
  `HostName=${hostName};DeviceId=myDevice;SharedAccessKey=${key}`,
  mqtt.Mqtt,
);
await client.open().then(
  () => console.log('connected'),
  (error) => console.log('refused:', error.message),
);
process.exit();
