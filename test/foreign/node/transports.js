// A device and a service app exchange all that their transports carry. Arguments: the transport of the device, that of the
// service app, then how the device settles the messages, one after the other. Over Http it prints `polling` before the first
// message is sent, and reads a line.

import { once } from 'node:events';
import common from 'azure-iot-common';
import { Client } from 'azure-iot-device';
import { Amqp, AmqpWs } from 'azure-iot-device-amqp';
import { Http } from 'azure-iot-device-http';
import mqtt from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';

const { Message } = common;
const TRANSPORTS = { Amqp, AmqpWs, Http, Mqtt: mqtt.Mqtt, MqttWs: mqtt.MqttWs };
const [transport, serviceTransport, ...settlements] = process.argv.slice(2);
const deviceString = process.env.IOTHUB_DEVICE_CONNECTION_STRING;
const deviceId = /DeviceId=([^;]+)/.exec(deviceString)[1];
const serviceString = process.env.IOTHUB_CONNECTION_STRING;
const registry = iothub.Registry.fromConnectionString(serviceString);
const service = iothub.Client.fromConnectionString(serviceString, iothub[serviceTransport]);
const device = Client.fromConnectionString(deviceString, TRANSPORTS[transport]);

/** The name of the class of a result, or of the error. */
const outcome = (promise) =>
  promise.then(
    (result) => result.constructor.name,
    (error) => error.name,
  );

/** A message, a large one, several at once, and one that is too large. */
const sendAll = async () => {
  const reading = new Message('{"reading":21.5}');
  reading.messageId = 'm1';
  reading.contentType = 'application/json';
  reading.contentEncoding = 'utf-8';
  reading.properties.add('Level', 'high');
  const large = new Message(Buffer.alloc(250_000, 'x'));
  large.messageId = 'm2';
  const several = ['m3', 'm4'].map((messageId) => Object.assign(new Message(messageId), { messageId }));
  return [
    await outcome(device.sendEvent(reading)),
    await outcome(device.sendEvent(large)),
    await outcome(device.sendEventBatch(several)),
    await outcome(device.sendEvent(new Message(Buffer.alloc(270_000)))),
  ];
};

const useTwin = async () => {
  const twin = await device.getTwin();
  const heard = new Promise((done) => {
    twin.on('properties.desired.floor', done);
  });
  await new Promise((done, failed) => {
    twin.properties.reported.update({ battery: 5 }, (error) => (error ? failed(error) : done()));
  });
  const { responseBody: changed } = await registry.updateTwin(deviceId, { properties: { desired: { floor: 3 } } }, '*');
  return [changed.properties.reported.battery, await heard, (await device.getTwin()) === twin];
};

const answerMethod = async () => {
  device.onDeviceMethod('wave', (request, response) => response.send(207, { to: request.payload }));
  const call = { methodName: 'wave', payload: ['all'], connectTimeoutInSeconds: 30, responseTimeoutInSeconds: 30 };
  const ready = () =>
    service
      .invokeDeviceMethod(deviceId, call)
      // the device is connected, but has not subscribed yet
      .catch((error) => (error.response?.statusCode === 404 ? ready() : Promise.reject(error)));
  return (await ready()).result;
};

/** Sends a message for each settlement, after the outcome of the one before it is known. */
const exchange = async () => {
  const { result: feedback } = await service.getFeedbackReceiver();
  const records = [];
  let told = () => {};
  feedback.on('message', (batch) => {
    const fresh = JSON.parse(batch.getData().toString());
    records.push(...fresh.map((record) => [record.originalMessageId, record.statusCode]));
    feedback.complete(batch).then(() => told());
  });
  const taken = [];
  device.on('message', async (message) => {
    const { messageId, properties, data } = message;
    const isAgain = taken.some(([id]) => id === messageId);
    const settlement = isAgain ? 'complete' : messageId.split('-')[0];
    taken.push([messageId, data.toString(), properties.propertyList, settlement]);
    const settled = await outcome(device[settlement](message));
    taken.at(-1).push(settled);
    if (settled === 'NotImplementedError') await device.complete(message);
  });
  if (transport === 'Http') {
    console.log('polling');
    await once(process.stdin, 'data');
  }
  for (const [i, settlement] of settlements.entries()) {
    const message = new Message(`text ${i}`);
    Object.assign(message, { messageId: `${settlement}-${i}`, ack: 'full' });
    message.properties.add('floor', '3');
    const done = new Promise((resolve) => {
      told = resolve;
    });
    await service.send(deviceId, message);
    await done;
  }
  return { taken, records };
};

const report = {};
await device.open();
await service.open();
// the hub ends the connection of MQTT for the one that is too large
report.sent = await sendAll();
if (transport === 'Http') await device.setOptions({ http: { receivePolicy: { interval: 1 } } });
else Object.assign(report, { twin: await useTwin(), method: await answerMethod() });
Object.assign(report, await exchange());
report.absent = await outcome(service.send('absent', 'x'));
report.files = await outcome(service.getFileNotificationReceiver());
await device.close();
await service.close();
console.log(JSON.stringify(report));
process.exit();
