// A device sends and receives over HTTPS with azure-iot-device-http. The hub has two messages for it.

import common from 'azure-iot-common';
import device from 'azure-iot-device';
import { Http } from 'azure-iot-device-http';

const { Message } = common;
const client = device.Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Http);

const outcome = (promise) =>
  promise.then(
    (result) => result.constructor.name,
    (error) => error.name,
  );
const reading = (text, properties = {}) => {
  const message = new Message(text);
  for (const [key, value] of Object.entries(properties)) message.properties.add(key, value);
  return message;
};

await client.open();
const first = reading('{"reading":21.5}', { Level: 'high' });
first.messageId = 'm1';
first.contentType = 'application/json';
first.contentEncoding = 'utf-8';
const sent = [
  await outcome(client.sendEvent(first)),
  await outcome(client.sendEventBatch([reading('two', { k: 'v' }), reading('three')])),
  await outcome(client.sendEvent(new Message(Buffer.alloc(270_000)))),
];

// polls the queue once a second
client.setOptions({ http: { receivePolicy: { interval: 1 } } });
const settlements = ['abandon', 'complete', 'reject'];
const taken = [];
await new Promise((done) => {
  client.on('message', async (message) => {
    const { data, messageId, properties } = message;
    const settlement = settlements.shift();
    const settled = await outcome(client[settlement](message));
    taken.push([data.toString(), messageId, properties.propertyList, settled]);
    if (settlements.length === 0) done();
  });
});
console.log(JSON.stringify({ sent, taken }));
await client.close();
