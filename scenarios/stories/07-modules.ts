import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-module-twins */
export default story('A module has a twin of its own', async (stage) => {
  const { registry } = stage;
  const deviceId = await stage.createDevice();
  const moduleId = 'thermostat';
  await registry.addModule({ deviceId, moduleId });
  await registry.updateModuleTwin(deviceId, moduleId, { properties: { desired: { target: 20 } } }, '*');

  const module = await stage.module(deviceId, moduleId);
  await module.open();
  const twin = await module.getTwin();
  stage.see('it reads its desired properties', twin.properties.desired, { target: 20, $version: 2 });
  await stage.report(twin, { heating: true });

  const { responseBody: seen } = await registry.getModuleTwin(deviceId, moduleId);
  stage.see('the service reads its report', seen.properties.reported.heating, true);
  const { responseBody: around } = await registry.getTwin(deviceId);
  stage.see('the twin of the device does not have it', around.properties.reported.heating, undefined);
});
