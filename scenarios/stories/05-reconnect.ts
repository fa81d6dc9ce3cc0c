import { Heard } from '../heard.ts';
import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#device-reconnection-flow */
export default story('A device that was away catches up and goes on hearing', async (stage) => {
  const { registry } = stage;
  const deviceId = await stage.createDevice();
  const want = (desired: object) => registry.updateTwin(deviceId, { properties: { desired } }, '*');

  const before = await stage.device(deviceId);
  await before.open();
  (await before.getTwin()).on('properties.desired', () => {});
  await before.close();
  await want({ rate: 5 });

  const device = await stage.device(deviceId);
  await device.open();
  const twin = await device.getTwin();
  stage.see('it finds what it missed', twin.properties.desired, { rate: 5, $version: 2 });
  const rates = new Heard<unknown>();
  twin.on('properties.desired.rate', rates.listener);
  stage.see('it is told at once', await rates.next(), 5);
  await stage.report(twin, { back: true }); // the hub has seen its subscription by now
  await want({ rate: 7 });
  stage.see('it hears the next change', await rates.next(), 7);
});
