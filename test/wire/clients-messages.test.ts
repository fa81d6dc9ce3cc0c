import iothub from 'azure-iothub';
import { type Emulator, startEmulator } from 'iothub-emulator';
import { Client as Device, Message, Mqtt, MqttWs } from 'iothub-emulator/device';
import * as ours from 'iothub-emulator/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ trust: 'process', feedbackInterval: '0s', devices: ['d1', 'd2', 'full', 'off'] });
});
afterAll(() => emulator.close());

// the same surface, held by test/types, but classes have private members
const sdks = [
  { sdk: "Microsoft's", Client: iothub.Client, Amqp: iothub.Amqp, Over: Mqtt },
  { sdk: "Microsoft's", Client: iothub.Client, Amqp: iothub.AmqpWs, Over: MqttWs },
  { sdk: 'our', Client: ours.Client as unknown as typeof iothub.Client, Amqp: ours.Amqp as never, Over: Mqtt },
  { sdk: 'our', Client: ours.Client as unknown as typeof iothub.Client, Amqp: ours.AmqpWs as never, Over: MqttWs },
];

const outcome = (promise: Promise<{ result: unknown }>): Promise<string> =>
  promise.then(
    ({ result }) => (result as object).constructor.name, // of results
    (error: Error) => `${error.name}: ${error.message}`,
  );

/** A message with every property that AMQP carries. */
const ordered = (text: string): Message => {
  const message = new Message(text);
  Object.assign(message, {
    messageId: '7b9b4f7e-5ad2-4a0d-8d0b-0d5b2f3f6c11',
    correlationId: 'order 7',
    contentType: 'text/plain',
    contentEncoding: 'utf-8',
    ack: 'full',
    expiryTimeUtc: Date.now() + 60_000,
  });
  message.properties.add('floor', '3');
  return message;
};

/** The next message of an emitter. */
const next = (emitter: { once(event: 'message', listener: (message: Message) => void): unknown }): Promise<Message> =>
  new Promise((done) => void emitter.once('message', done));

describe.each(sdks)('a service with $sdk client over $Amqp.name', ({ sdk, Client, Amqp, Over }) => {
  const connect = () => Client.fromConnectionString(emulator.connectionString(), Amqp);

  test('sends a message, and learns that the device has completed it', async () => {
    const service = connect();
    const { result: feedback } = await service.getFeedbackReceiver();
    const told = next(feedback as never); // Message of another package
    const device = Device.fromConnectionString(emulator.deviceConnectionString('d1'), Over);
    const arrived = next(device);
    await device.open();
    expect(await outcome(service.send('d1', ordered('turn') as never))).toBe('MessageEnqueued');
    const { messageId, correlationId, contentType, properties, data } = await arrived;
    expect([messageId, correlationId, contentType, String(data)]).toEqual([
      '7b9b4f7e-5ad2-4a0d-8d0b-0d5b2f3f6c11',
      'order 7',
      'text/plain',
      'turn',
    ]);
    expect(properties.propertyList).toContainEqual({ key: 'floor', value: '3' });
    const batch = await told;
    const [record] = JSON.parse(String(batch.getData()));
    expect([record.originalMessageId, record.statusCode, record.deviceId]).toEqual([messageId, 'Success', 'd1']);
    await feedback.complete(batch as never);
    await Promise.all([device.close(), service.close()]);
  });

  test('hears why a message was not taken', async () => {
    const service = connect();
    for (let n = emulator.hub.inbox.list('full').length; n < 50; n += 1) await service.send('full', `${n}`);
    const text = 'AMQP Transport: Could not send message';
    expect([
      await outcome(service.send('absent', 'x')),
      await outcome(service.send('full', 'x')),
      await outcome(service.send('d2', Buffer.alloc(65_537) as never)),
      await outcome(service.send('', 'x')),
      await outcome(service.send('d2', 5 as never)),
      await outcome(service.send('d2', 'x')),
    ]).toEqual([
      `DeviceNotFoundError: ${text}`,
      `DeviceMaximumQueueDepthExceededError: ${text}`,
      `MessageTooLargeError: ${text}`,
      "ReferenceError: deviceId is ''",
      'ArgumentError: message is not of type Message or Message.BufferConvertible',
      'MessageEnqueued',
    ]);
    await service.close();
  });

  test('is told that its token is not valid', async () => {
    const other = emulator.connectionString().replace(/SharedAccessKey=.*/, `SharedAccessKey=${btoa('other')}`);
    const refused = await Client.fromConnectionString(other, Amqp)
      .open()
      .catch((error: Error) => error);
    expect((refused as Error).name).toBe(sdk === 'our' ? 'UnauthorizedError' : 'Error'); // as it has thrown
  });

  test('sends again after it was closed, and waits for files', async () => {
    const service = connect();
    expect(await outcome(service.open())).toBe('Connected');
    expect(await outcome(service.close())).toBe('Disconnected');
    expect(await outcome(service.send('d2', 'x'))).toBe('MessageEnqueued');
    expect(await outcome(service.getFileNotificationReceiver())).toBe('ServiceReceiver');
    await service.close();
  });
});
