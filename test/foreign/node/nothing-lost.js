// A device sends without pause, and a service app sends to it, while connections end and come back. Arguments: the transport
// of the device, that of the service app. Prints `under way`; after each line that it reads again; at the third time it ends.

import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import device from 'azure-iot-device';
import { Amqp, AmqpWs } from 'azure-iot-device-amqp';
import { Http } from 'azure-iot-device-http';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';

const [transport, serviceTransport] = process.argv.slice(2);
const deviceString = process.env.IOTHUB_DEVICE_CONNECTION_STRING;
const deviceId = /DeviceId=([^;]+)/.exec(deviceString)[1];
const client = device.Client.fromConnectionString(deviceString, { Amqp, AmqpWs, Http, Mqtt, MqttWs }[transport]);
const newService = () =>
  iothub.Client.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING, iothub[serviceTransport]);
let service = newService();
// If a connection ends while the service client closes its links, getErrorName of its amqp_common_errors.ts follows an error
// that contains itself. Then only a new client helps.
process.on('uncaughtException', (error) => {
  if (!(error instanceof RangeError)) throw error;
});
client.on('error', () => {}); // it connects again

const progress = new EventEmitter();
const acknowledged = [];
const sent = [];
const received = new Set();
let isOver = false;

/** Sends one message after the other, until `isOver`. What is not acknowledged in time is sent again, after `renew`. */
const send = async (list, name, { one, ready = async () => {}, renew = () => {} }) => {
  for (let n = 0; !isOver; ) {
    await ready();
    const attempt = one(`${name} ${n}`).then(
      () => true,
      () => false,
    );
    // what was sent when the connection ended may never be answered
    if (await Promise.race([attempt, pause(10_000, false)])) {
      list.push(`${name} ${n}`);
      progress.emit(name);
      n += 1;
    } else renew();
    await pause(20);
  }
};

/** If that is lost, the message comes again: at once if a connection has ended, over Http when its lock of a minute ends. */
const complete = (message) => {
  client.complete(message, (error) => {
    if (error && transport === 'Http') setTimeout(complete, 100, message);
  });
};

/** Something has gone each way since. */
const underWay = async () => {
  for (const name of ['up', 'down', 'arrived']) await once(progress, name);
};

const lines = createInterface(process.stdin)[Symbol.asyncIterator]();
await client.open();
await service.open();
if (transport === 'Http') await client.setOptions({ http: { receivePolicy: { interval: 1, drain: true } } });
client.on('message', (message) => {
  received.add(message.data.toString());
  progress.emit('arrived');
  complete(message);
});
const sending = [
  send(acknowledged, 'up', { one: (text) => client.sendEvent(new device.Message(text)) }),
  send(sent, 'down', {
    one: (text) => service.send(deviceId, text),
    // the queue of a device holds 50
    ready: async () => {
      while (sent.length - received.size > 10) await once(progress, 'arrived');
    },
    renew: () => {
      service = newService();
    },
  }),
];
for (let times = 0; times < 3; times++) {
  await underWay();
  console.log('under way');
  await lines.next();
}
isOver = true;
await Promise.all(sending);
while (!sent.every((text) => received.has(text))) await once(progress, 'arrived');
console.log(JSON.stringify({ acknowledged, sent }));
await lines.next();
process.exit();
