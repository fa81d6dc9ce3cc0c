import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';

const client = device.Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, mqtt.Mqtt);
await client.open();
const twin = await client.getTwin();
await new Promise((done, failed) => {
  twin.properties.reported.update({ connectivity: { type: 'cellular' } }, (error) => (error ? failed(error) : done()));
});
await client.close();
