import { Heard } from '../heard.ts';
import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/module-twins-node */
export default story('A module identity is made, heard and called', async (stage) => {
  const { registry, service } = stage;
  const deviceId = await stage.createDevice();
  const moduleId = 'myFirstModule';
  await registry.addModule({ deviceId, moduleId });
  const again = registry.addModule({ deviceId, moduleId });
  stage.see('it cannot be made twice', await stage.failure(again), 'DeviceAlreadyExistsError');

  const module = await stage.module(deviceId, moduleId);
  await module.open();
  const twin = await module.getTwin();
  const desired = new Heard<unknown>();
  twin.on('properties.desired', desired.listener);
  stage.see('nothing is wanted at first', await desired.next(), { $version: 1 });
  module.onMethod('open', (request, response) => void response?.send(200, { opened: request?.payload }));
  await stage.report(twin, { weather: { temperature: 72, humidity: 17 } });

  const { responseBody: seen } = await registry.getModuleTwin(deviceId, moduleId);
  stage.see('it has reported', seen.properties.reported.weather, { temperature: 72, humidity: 17 });
  await registry.updateModuleTwin(deviceId, moduleId, { properties: { desired: { rate: 3 } } }, seen.etag);
  stage.see('it hears what is wanted', await desired.next(), { rate: 3, $version: 2 });
  const call = { methodName: 'open', payload: 'valve', responseTimeoutInSeconds: 15 };
  const { result } = await service.invokeDeviceMethod(deviceId, moduleId, call);
  stage.see('it answers', result, { status: 200, payload: { opened: 'valve' } });
});
