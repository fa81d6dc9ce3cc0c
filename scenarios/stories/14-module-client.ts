import { randomUUID } from 'node:crypto';
import { Received } from '../received.ts';
import { story } from '../story.ts';

const ownKey = () => Buffer.from(randomUUID()).toString('base64');

/** https://learn.microsoft.com/azure/iot-hub/module-twins-node */
export default story('A module is created, reports, receives changes and is called', async (stage) => {
  const { registry, service } = stage;
  const symmetricKey = { primaryKey: ownKey(), secondaryKey: ownKey() };
  const deviceId = await stage.createDevice({ status: 'enabled', authentication: { type: 'sas', symmetricKey } });
  const moduleId = 'myFirstModule';
  await registry.addModule({ deviceId, moduleId });
  const again = registry.addModule({ deviceId, moduleId });
  stage.see('it cannot be created twice', await stage.failure(again), 'DeviceAlreadyExistsError');
  const { responseBody: device } = await registry.get(deviceId);
  stage.see('its device has the given keys', device.authentication?.symmetricKey, symmetricKey);

  const { responseBody: identity } = await registry.getModule(deviceId, moduleId);
  const key = identity.authentication?.symmetricKey?.primaryKey;
  const asDevice = stage.deviceWith(`DeviceId=${deviceId};ModuleId=${moduleId};SharedAccessKey=${key}`);
  await asDevice.open();
  const first = await asDevice.getTwin();
  stage.see('it has no desired properties yet', { ...first.properties.desired }, { $version: 1 });
  const weather = { temperature: 72, humidity: 17 };
  await stage.report(first, { updateTime: new Date().toString(), firmwareVersion: '1.2.1', weather });
  await asDevice.close();

  const module = await stage.module(deviceId, moduleId);
  await module.open();
  const twin = await module.getTwin();
  const desired = new Received<unknown>();
  twin.on('properties.desired', desired.listener);
  stage.see('its listener is called with them', await desired.next(), { $version: 1 });
  module.onMethod('open', (request, response) => void response?.send(200, { opened: request?.payload }));
  await stage.report(twin, { ready: true }); // by now the hub has received its subscription

  const { responseBody: seen } = await registry.getModuleTwin(deviceId, moduleId);
  stage.see('it has reported', seen.properties.reported.weather, weather);
  await registry.updateModuleTwin(deviceId, moduleId, { properties: { desired: { rate: 3 } } }, seen.etag);
  stage.see('it receives the change', await desired.next(), { rate: 3, $version: 2 });
  const call = { methodName: 'open', payload: 'valve', responseTimeoutInSeconds: 15 };
  const { result } = await service.invokeDeviceMethod(deviceId, moduleId, call);
  stage.see('it responds', result, { status: 200, payload: { opened: 'valve' } });
});
