import { story } from '../story.ts';

const TOO_HOT = {
  endpoints: { eventHubs: [{ name: 'hot' }] },
  routes: [{ name: 'too-hot', source: 'DeviceMessages', condition: '$body.temperature > 30', endpointNames: ['hot'] }],
} as const;

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-routing-query-syntax#query-based-on-message-body */
export default story('Where did my message go? The hub says which routes took it, if any', async (stage) => {
  const device = await stage.device(await stage.createDevice());
  const send = async (contentType?: string) => {
    const message = stage.message('{"temperature":31}');
    message.messageId = stage.invent('hot');
    message.contentType = contentType;
    message.contentEncoding = 'utf-8';
    await device.sendEvent(message);
    return stage.received(message.messageId)?.endpoints;
  };

  const plain = await send();
  if (!stage.route(TOO_HOT)) return;
  stage.see('a hub without routes keeps it in the built-in endpoint', plain, ['events']);
  stage.see('with a route and no fallback route, it is lost: its body is not known to be JSON', await send(), []);
  stage.see('once it says that it is JSON, the route takes it', await send('application/json'), ['hot']);
  stage.route({ ...TOO_HOT, fallbackRoute: { isEnabled: true } });
  stage.see('with a fallback route, what no route takes is in the built-in endpoint', await send(), ['events']);
  stage.see('what a route takes is not there as well', await send('application/json'), ['hot']);
});
