import { Heard } from '../heard.ts';
import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/tutorial-device-twins */
export default story('A device hears what is wanted of it', async (stage) => {
  const { registry } = stage;
  const deviceId = await stage.createDevice();
  const want = (desired: object) => registry.updateTwin(deviceId, { properties: { desired } }, '*');
  await want({ climate: { min: 18, max: 21 } });

  const device = await stage.device(deviceId);
  await device.open();
  const twin = await device.getTwin();
  const whole = new Heard<unknown>();
  const climate = new Heard<unknown>();
  twin.on('properties.desired', whole.listener);
  twin.on('properties.desired.climate', climate.listener);
  stage.see('it hears what it missed', await whole.next(), { climate: { min: 18, max: 21 }, $version: 2 });
  stage.see('by path as well', await climate.next(), { min: 18, max: 21 });
  await stage.report(twin, { ready: true }); // the hub has seen its subscription by now

  await want({ climate: { max: 23 } });
  stage.see('it hears the change alone', await whole.next(), { climate: { max: 23 }, $version: 3 });
  stage.see('by path too', await climate.next(), { max: 23 });
  await want({ climate: { min: null } });
  stage.see('a removal is null', await whole.next(), { climate: { min: null }, $version: 4 });
  stage.see('its copy has followed', twin.properties.desired, { climate: { max: 23 }, $version: 4 });
});
