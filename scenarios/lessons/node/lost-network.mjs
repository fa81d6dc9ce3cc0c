import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';

const client = device.Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, mqtt.Mqtt);
await client.open();
// the hub cuts the connection instead of an answer: the SDK connects again and sends it once more
const cut = new device.Message('cut the connection, please');
cut.properties.add('AzIoTHub_FaultOperationType', 'KillTcp');
await client.sendEvent(cut);
const again = new device.Message('I am back');
again.properties.add('after', 'the loss');
await client.sendEvent(again);
await client.close();
