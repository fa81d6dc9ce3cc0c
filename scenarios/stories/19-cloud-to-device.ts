import { Received } from '../received.ts';
import type { ReceivedByClient } from '../sdk.ts';
import { story } from '../story.ts';

interface Feedback {
  readonly originalMessageId: string;
  readonly deviceId: string;
  readonly statusCode: string;
}

/** https://learn.microsoft.com/azure/iot-hub/how-to-cloud-to-device-messaging */
export default story(
  'A back end sends a message to a device and learns that it has arrived',
  async (stage) => {
    const { service } = stage;
    const deviceId = await stage.createDevice();
    await service.open();
    const { result: receiver } = await service.getFeedbackReceiver();
    const feedback: Feedback[] = [];
    receiver.on('message', (message) => {
      feedback.push(...JSON.parse(String(message.getData())));
      void receiver.complete(message);
    });

    const message = stage.message('Cloud to device message.');
    message.ack = 'full';
    message.messageId = stage.invent('message');
    message.properties.add('urgency', 'high');
    await service.send(deviceId, message); // the hub keeps it until the device connects

    const device = await stage.device(deviceId);
    await device.open();
    const messages = new Received<ReceivedByClient>();
    device.on('message', messages.listener);
    const received = await messages.next();
    stage.see('the device receives the message', String(received.getData()), 'Cloud to device message.');
    stage.see('it has its id', received.messageId, message.messageId);
    stage.see('it has its property', received.properties.getValue('urgency'), 'high');
    const completed = await device.complete(received);
    stage.see('the device completes the message', completed.constructor.name, 'MessageCompleted');

    const own = async () => feedback.find(({ originalMessageId }) => originalMessageId === message.messageId);
    const told = await stage.until(own, (seen) => seen !== undefined);
    const { statusCode, deviceId: from } = told ?? {};
    stage.see('the back end receives feedback', { statusCode, from }, { statusCode: 'Success', from: deviceId });
  },
  { isConnected: true },
);
