// A device uploads files, and a service app hears of them.

import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { Client } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';

const service = iothub.Client.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
const device = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);

const outcome = (promise) =>
  promise.then(
    () => 'done',
    (error) => error.name,
  );

await service.open();
const { result: receiver } = await service.getFileNotificationReceiver();
const told = [];
const two = new Promise((done) => {
  receiver.on('message', (message) => {
    const { blobName, blobSizeInBytes } = JSON.parse(message.getData().toString());
    told.push([blobName, blobSizeInBytes]);
    receiver.complete(message, () => told.length === 2 && done());
  });
});

const large = randomBytes(6_000_000);
await device.uploadToBlob('a b.txt', Readable.from([Buffer.from('hello world')]), 11);
await device.uploadToBlob('logs/large.bin', Readable.from([large]), large.length);
await two;

const { correlationId } = await device.getBlobSharedAccessSignature('never');
const ended = await outcome(device.notifyBlobUploadStatus(correlationId, false, 500, 'no'));
const unknown = await outcome(device.notifyBlobUploadStatus(correlationId, true, 200, 'yes'));
const notAscii = await outcome(device.uploadToBlob('größe.txt', Readable.from([Buffer.from('x')]), 1));
console.log(JSON.stringify({ told, ended, unknown, notAscii, sum: large.reduce((sum, byte) => sum + byte, 0) }));
process.exit(0);
