import { Received } from '../received.ts';
import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/tutorial-device-twins */
export default story('A device receives its desired properties', async (stage) => {
  const { registry } = stage;
  const deviceId = await stage.createDevice();
  const want = (desired: object) => registry.updateTwin(deviceId, { properties: { desired } }, '*');
  await want({ climate: { min: 18, max: 21 } });

  const device = await stage.device(deviceId);
  await device.open();
  const twin = await device.getTwin();
  const whole = new Received<unknown>();
  const climate = new Received<unknown>();
  twin.on('properties.desired', whole.listener);
  twin.on('properties.desired.climate', climate.listener);
  stage.see('it receives what it missed', await whole.next(), { climate: { min: 18, max: 21 }, $version: 2 });
  stage.see('by path as well', await climate.next(), { min: 18, max: 21 });
  await stage.report(twin, { ready: true }); // by now the hub has received its subscription

  await want({ climate: { max: 23 } });
  stage.see('it receives only the change', await whole.next(), { climate: { max: 23 }, $version: 3 });
  stage.see('by path as well', await climate.next(), { max: 23 });
  await want({ climate: { min: null } });
  stage.see('a removal is null', await whole.next(), { climate: { min: null }, $version: 4 });
  stage.see('its copy is up to date', twin.properties.desired, { climate: { max: 23 }, $version: 4 });
});
