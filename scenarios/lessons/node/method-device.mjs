import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';

const client = device.Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, mqtt.Mqtt);
await client.open();
for (const name of ['reboot', 'lockDoor'])
  client.onDeviceMethod(name, (request, response) => {
    console.log('called:', request.methodName);
    response.send(200, { done: request.methodName }, () => {});
  });
