// The device app: reports how it is connected, then prints the desired properties until it is interrupted.
// It needs only a connection string of the device, for the emulator or for a real hub.

import { Client } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';

const connectionString = process.env.IOTHUB_DEVICE_CONNECTION_STRING;

const main = async () => {
  if (!connectionString) throw new Error('IOTHUB_DEVICE_CONNECTION_STRING is not set');
  const client = Client.fromConnectionString(connectionString, Mqtt);

  await client.open();
  console.log('Client connected to IoT Hub');

  const twin = await client.getTwin();
  twin.on('properties.desired', (desired) => console.log(`Desired properties: ${JSON.stringify(desired)}`));

  const patch = { connectivity: { type: 'cellular' } };
  twin.properties.reported.update(patch, (error) => {
    if (error) throw error;
    console.log('Twin state reported');
  });

  process.once('SIGINT', () => client.close().then(() => console.log('Client closed')));
};

main().catch((error) => {
  console.error(`Could not finish: ${error.message}`);
  process.exitCode = 1;
});
