// What a device and a service are told whose keys are wrong. Argument: tcp or ws.

import { Client } from 'azure-iot-device';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';

const [transport] = process.argv.slice(2);
const withWrongKey = (text) => text.replace(/SharedAccessKey=.*/, 'SharedAccessKey=bm90IHRoZSBrZXk=');
const nameOf = (error) => error.name;

const deviceString = withWrongKey(process.env.IOTHUB_DEVICE_CONNECTION_STRING);
const client = Client.fromConnectionString(deviceString, transport === 'ws' ? MqttWs : Mqtt);
const registry = iothub.Registry.fromConnectionString(withWrongKey(process.env.IOTHUB_CONNECTION_STRING));

const opened = client.open().then(() => 'opened', nameOf);
const answered = registry.getRegistryStatistics().then(() => 'answered', nameOf);
console.log(JSON.stringify({ device: await opened, service: await answered }));
await client.close().catch(() => {});
