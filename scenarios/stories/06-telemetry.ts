import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-d2c */
export default story('A device sends what it measures', async (stage) => {
  const device = await stage.device(await stage.createDevice());
  await device.open();
  const message = stage.message(JSON.stringify({ temperature: 21.5 }));
  message.messageId = stage.invent('message');
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  message.properties.add('alert', 'a b/c&d=é');
  const result = await device.sendEvent(message);
  stage.see('the hub has taken it', result.constructor.name, 'MessageEnqueued');

  const arrival = stage.arrival(message.messageId);
  if (arrival === undefined) return;
  stage.see('as it was', arrival.body, '{"temperature":21.5}');
  stage.see('with its property', { ...arrival.application }, { alert: 'a b/c&d=é' });
  const { contentType, contentEncoding } = arrival.system;
  stage.see(
    'and what it is made of',
    { contentType, contentEncoding },
    { contentType: 'application/json', contentEncoding: 'utf-8' },
  );
});
