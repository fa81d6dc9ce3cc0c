// A device that reports without pause while its connection ends and comes back. Arguments: a transport, how many seconds
// a token is valid, how many seconds before that it is renewed. Prints `under way`, then runs until it reads a line.

import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import device from 'azure-iot-device';
import { Amqp, AmqpWs } from 'azure-iot-device-amqp';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';

const TRANSPORTS = { tcp: Mqtt, ws: MqttWs, amqp: Amqp, 'amqp-ws': AmqpWs };
const [transport, lifetime, margin] = process.argv.slice(2);
const deviceString = process.env.IOTHUB_DEVICE_CONNECTION_STRING;
const deviceId = /DeviceId=([^;]+)/.exec(deviceString)[1];
const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
const service = iothub.Client.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);

const provider = device.SharedAccessKeyAuthenticationProvider.fromConnectionString(
  deviceString,
  Number(lifetime),
  Number(margin),
);
const client = device.Client.fromAuthenticationProvider(provider, TRANSPORTS[transport]);
await client.open();
const twin = await client.getTwin();
const progress = new EventEmitter();
let heard;
twin.on('properties.desired.after', (value) => {
  heard ??= value;
  progress.emit('heard');
});
client.onDeviceMethod('echo', (request, response) => response.send(200, request.payload));

const acknowledged = [];
let isOver = false;
const writing = (async () => {
  for (let n = 0; !isOver; n++) {
    const name = `write${n}`;
    const report = new Promise((done) => {
      twin.properties.reported.update({ [name]: n }, (error) => done(!error));
    });
    // reports that were sent when the connection ended are never answered
    if (!(await Promise.race([report, pause(2_000, false)]))) continue;
    acknowledged.push(name);
    progress.emit('acknowledged');
    await pause(20);
  }
})();

const underWay = async () => {
  await once(progress, 'acknowledged');
  await once(progress, 'acknowledged'); // a report that was sent after that
};

await underWay();
console.log('under way');
await once(process.stdin, 'data');
await underWay();
// a change does not reach a device that renews its token at that moment, so another one follows
for (let n = 0; heard === undefined; n++) {
  await registry.updateTwin(deviceId, { properties: { desired: { after: `change${n}` } } }, '*');
  if (heard === undefined) await Promise.race([once(progress, 'heard'), pause(2_000)]);
}
const call = { methodName: 'echo', payload: 'hello', responseTimeoutInSeconds: 20, connectTimeoutInSeconds: 20 };
const report = {
  heard: heard.startsWith('change'),
  answered: (await service.invokeDeviceMethod(deviceId, call)).result.payload,
};
isOver = true;
await writing;
const { reported } = (await registry.getTwin(deviceId)).responseBody.properties;
report.lost = acknowledged.filter((name) => !(name in reported));
await client.close();
console.log(JSON.stringify(report));
process.exit();
