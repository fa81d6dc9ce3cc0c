// A device with a certificate sends and reads its twin. Arguments: the transport, the id of the device, and the files of its
// certificate and key.

import { readFileSync } from 'node:fs';
import device from 'azure-iot-device';
import { Amqp, AmqpWs } from 'azure-iot-device-amqp';
import { Http } from 'azure-iot-device-http';

const [transport, id, ...files] = process.argv.slice(2);
const [cert, key] = files.map((file) => readFileSync(file, 'utf8'));
const hostName = /HostName=([^;]+)/.exec(process.env.IOTHUB_CONNECTION_STRING)[1];
// `setOptions({ cert, key })` does the same, but never resolves over Http
const provider = device.X509AuthenticationProvider.fromX509Options(id, hostName, { cert, key });
const client = device.Client.fromAuthenticationProvider(provider, { Amqp, AmqpWs, Http }[transport]);
await client.open();
const report = { sent: (await client.sendEvent(new device.Message('with a certificate'))).constructor.name };
if (transport !== 'Http') report.twin = (await client.getTwin()).properties.reported.$version;
await client.close();
console.log(JSON.stringify(report));
process.exit();
