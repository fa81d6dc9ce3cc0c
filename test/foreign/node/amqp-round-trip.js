// A device and a service app exchange everything that AMQP carries. Argument: tcp or ws.

import common from 'azure-iot-common';
import { Client } from 'azure-iot-device';
import { Amqp, AmqpWs } from 'azure-iot-device-amqp';
import iothub from 'azure-iothub';

const { Message } = common;
const [transport] = process.argv.slice(2);
const isWs = transport === 'ws';
const deviceString = process.env.IOTHUB_DEVICE_CONNECTION_STRING;
const deviceId = /DeviceId=([^;]+)/.exec(deviceString)[1];
const serviceString = process.env.IOTHUB_CONNECTION_STRING;
const registry = iothub.Registry.fromConnectionString(serviceString);
const service = iothub.Client.fromConnectionString(serviceString, isWs ? iothub.AmqpWs : iothub.Amqp);
const device = Client.fromConnectionString(deviceString, isWs ? AmqpWs : Amqp);

const call = (run) =>
  new Promise((done, failed) => {
    run((error, result) => (error ? failed(error) : done(result)));
  });
const outcome = (promise) =>
  promise.then(
    (result) => result?.constructor.name ?? 'done',
    (error) => error.name,
  );

await device.open();
const reading = new Message('{"reading":21.5}');
reading.messageId = 'm1';
reading.contentType = 'application/json';
reading.contentEncoding = 'utf-8';
reading.properties.add('level', 'high');
const sent = [
  await outcome(device.sendEvent(reading)),
  await outcome(device.sendEvent(new Message(Buffer.alloc(250_000)))),
];
const tooLarge = await outcome(device.sendEvent(new Message(Buffer.alloc(270_000))));

const twin = await device.getTwin();
const heard = new Promise((done) => {
  twin.on('properties.desired.floor', done);
});
await call((done) => twin.properties.reported.update({ battery: 5 }, done));
const { responseBody: changed } = await registry.updateTwin(deviceId, { properties: { desired: { floor: 3 } } }, '*');
const again = await device.getTwin();

device.onDeviceMethod('wave', (request, response) => response.send(207, { to: request.payload }));
const ready = (run) =>
  run().catch((error) =>
    error.name === 'Error' || error.response?.statusCode === 404 ? ready(run) : Promise.reject(error),
  );
const { result: answer } = await ready(() =>
  service.invokeDeviceMethod(deviceId, { methodName: 'wave', payload: ['all'], connectTimeoutInSeconds: 30 }),
);

await service.open();
const { result: feedback } = await service.getFeedbackReceiver();
const records = [];
const told = new Promise((done) => {
  feedback.on('message', (batch) => {
    records.push(...JSON.parse(batch.getData().toString()));
    feedback.complete(batch).then(() => records.length >= 2 && done());
  });
});
const taken = [];
let next = () => {};
device.on('message', async (message) => {
  const { messageId, properties, data } = message;
  taken.push([messageId, data.toString(), properties.propertyList]);
  if (messageId === 'refuse') await device.reject(message);
  else if (taken.length === 1) await device.abandon(message);
  else await device.complete(message);
  if (taken.length > 1) next();
});
// one after the other: the SDK settles two that it settles at once with the outcome of the first
for (const messageId of ['keep', 'refuse']) {
  const message = new Message(`for ${messageId}`);
  Object.assign(message, { messageId, ack: 'full', expiryTimeUtc: Date.now() + 60_000 });
  message.properties.add('floor', '3');
  const done = new Promise((resolve) => {
    next = resolve;
  });
  await service.send(deviceId, message);
  await done;
}
await told;
const absent = await outcome(service.send('absent', 'x'));
const files = await outcome(service.getFileNotificationReceiver());

const report = {
  sent,
  tooLarge,
  twin: [twin.properties.reported.battery, changed.properties.desired.floor, await heard, again === twin],
  answer,
  taken,
  records: records.map((record) => [record.originalMessageId, record.statusCode]).sort(),
  absent,
  files,
};
await device.close();
await service.close();
console.log(JSON.stringify(report));
