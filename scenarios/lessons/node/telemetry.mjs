import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';

const client = device.Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, mqtt.Mqtt);
await client.open();
await client.sendEvent(new device.Message(JSON.stringify({ temperature: 21.5 })));
await client.close();
