import { Client } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';

const oven = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);
const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);

const twin = await oven.getTwin();
twin.on('properties.desired', ({ celsius }) => {
  if (celsius === undefined) return;
  console.log(`oven:    heating to ${celsius} degrees`);
  twin.properties.reported.update({ celsius }, tell);
});
await registry.updateTwin('oven', { properties: { desired: { celsius: 180 } } }, '*');

async function tell() {
  const hot = 'SELECT deviceId FROM devices WHERE properties.reported.celsius >= 180';
  const { result } = await registry.createQuery(hot).next();
  console.log(`service: hot are ${result.map(({ deviceId }) => deviceId)}`);
  await oven.close();
}
