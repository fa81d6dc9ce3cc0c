import { Received } from '../received.ts';
import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#device-reconnection-flow */
export default story('A device that was disconnected catches up and receives further changes', async (stage) => {
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
  stage.see('its twin has what it missed', twin.properties.desired, { rate: 5, $version: 2 });
  const rates = new Received<unknown>();
  twin.on('properties.desired.rate', rates.listener);
  stage.see('its listener is called at once', await rates.next(), 5);
  await stage.report(twin, { back: true }); // by now the hub has received its subscription
  await want({ rate: 7 });
  stage.see('it receives the next change', await rates.next(), 7);
});
