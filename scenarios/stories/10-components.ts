import { Heard } from '../heard.ts';
import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/tutorial-device-twins: configure your devices from a back-end service. */
export default story('A back end adds, changes and removes a component of a device', async (stage) => {
  const { registry } = stage;
  const deviceId = await stage.createDevice();
  const want = async (desired: object) => {
    const { responseBody: twin } = await registry.getTwin(deviceId);
    await registry.updateTwin(deviceId, { properties: { desired } }, twin.etag);
  };
  const device = await stage.device(deviceId);
  await device.open();
  const twin = await device.getTwin();
  const [whole, fan, components] = [new Heard<unknown>(), new Heard<unknown>(), new Heard<unknown>()];
  twin.on('properties.desired', whole.listener);
  twin.on('properties.desired.fanOn', fan.listener);
  twin.on('properties.desired.components', components.listener);
  stage.see('nothing is wanted at first', await whole.next(), { $version: 1 });
  await stage.report(twin, { ready: true }); // the hub has seen its subscription by now

  await want({ patchId: 'Switch fan on', fanOn: 'true' });
  stage.see('the fan is to be on', await fan.next(), 'true');
  stage.see('in one patch', await whole.next(), { patchId: 'Switch fan on', fanOn: 'true', $version: 2 });
  await want({ components: { system: { id: '17', units: 'farenheit' }, wifi: { channel: '6' } } });
  stage.see('two components are new', await components.next(), {
    system: { id: '17', units: 'farenheit' },
    wifi: { channel: '6' },
  });
  await whole.next();
  await want({ components: { wifi: { channel: '13', ssid: 'my_network' } } });
  stage.see('one is changed', await components.next(), { wifi: { channel: '13', ssid: 'my_network' } });
  await whole.next();
  await want({ components: { system: null } });
  stage.see('the other is to go', await components.next(), { system: null });
  stage.see('what is wanted in all', twin.properties.desired, {
    patchId: 'Switch fan on',
    fanOn: 'true',
    components: { wifi: { channel: '13', ssid: 'my_network' } },
    $version: 5,
  });

  await stage.report(twin, { fanOn: 'true', components: { wifi: { channel: '13', ssid: 'my_network' } } });
  const { responseBody: seen } = await registry.getTwin(deviceId);
  stage.see('the back end sees that it is so', seen.properties.reported.components, {
    wifi: { channel: '13', ssid: 'my_network' },
  });
});
