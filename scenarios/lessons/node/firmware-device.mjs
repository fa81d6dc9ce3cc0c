import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';

const client = device.Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, mqtt.Mqtt);
await client.open();
const twin = await client.getTwin();
const report = (fwUpdateStatus, currentFwVersion) =>
  new Promise((done, failed) => {
    const firmware = { fwUpdateStatus, ...(currentFwVersion && { currentFwVersion }) };
    twin.properties.reported.update({ firmware }, (error) => (error ? failed(error) : done()));
  });
twin.on('properties.desired.firmware', async ({ fwVersion }) => {
  for (const status of ['downloading', 'verifying', 'applying', 'rebooting']) await report(status);
  await report('current', fwVersion);
});
