import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-d2c */
export default story('A device sends telemetry', async (stage) => {
  const device = await stage.device(await stage.createDevice());
  await device.open();
  const message = stage.message(JSON.stringify({ temperature: 21.5 }));
  message.messageId = stage.invent('message');
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  message.properties.add('alert', 'a b/c&d=é');
  const result = await device.sendEvent(message);
  stage.see('the hub has accepted the message', result.constructor.name, 'MessageEnqueued');

  const received = stage.received(message.messageId);
  if (received === undefined) return;
  stage.see('the body is unchanged', received.body, '{"temperature":21.5}');
  stage.see('it has its property', { ...received.properties }, { alert: 'a b/c&d=é' });
  const { contentType, contentEncoding } = received.system;
  stage.see(
    'it has its content type and encoding',
    { contentType, contentEncoding },
    { contentType: 'application/json', contentEncoding: 'utf-8' },
  );
});
