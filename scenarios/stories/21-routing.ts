import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/tutorial-routing */
export default story('The hub routes messages by their level, and marks those that it routes', async (stage) => {
  const device = await stage.device(await stage.createDevice());
  const isRouted = stage.route({
    endpoints: { eventHubs: [{ name: 'critical' }, { name: 'archive' }] },
    routes: [
      { name: 'alarms', source: 'DeviceMessages', condition: 'level="critical"', endpointNames: ['critical'] },
      { name: 'everything', source: 'DeviceMessages', condition: 'true', endpointNames: ['archive'] },
    ],
    fallbackRoute: { isEnabled: true },
  });

  const send = async (level: string): Promise<string> => {
    const message = stage.message(JSON.stringify({ level }));
    message.messageId = stage.invent('routed');
    message.properties.add('level', level);
    await device.sendEvent(message);
    return message.messageId;
  };
  const normal = stage.received(await send('normal'));
  const critical = stage.received(await send('critical'));
  if (!isRouted) return;
  stage.see('a normal message takes one route', normal?.routes, ['everything']);
  stage.see('it goes to the archive', normal?.endpoints, ['archive']);
  stage.see('a critical message takes both', critical?.routes, ['alarms', 'everything']);
  stage.see('it goes to the archive, too', critical?.endpoints, ['critical', 'archive']);
});
