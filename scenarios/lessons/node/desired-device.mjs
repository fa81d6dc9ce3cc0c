import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';

const client = device.Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, mqtt.Mqtt);
await client.open();
const twin = await client.getTwin();
// called with all desired properties at first, and then with each change
twin.on('properties.desired', ({ telemetryConfig }) => {
  if (telemetryConfig === undefined) return;
  console.log('the hub wants', telemetryConfig);
  twin.properties.reported.update({ telemetryConfig }, (error) => console.log(error ?? 'reported'));
});
