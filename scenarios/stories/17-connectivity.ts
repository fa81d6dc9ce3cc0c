import { story } from '../story.ts';

const KEY = 'bXkgb3duIGtleSBvZiB0aGlydHktdHdvIGJ5dGVzISE=';

/** https://learn.microsoft.com/azure/iot-hub/tutorial-connectivity */
export default story('A device that cannot connect is found out and mended', async (stage) => {
  const { registry, service } = stage;
  const deviceId = await stage.createDevice();
  const own = () => stage.deviceWith(`DeviceId=${deviceId};SharedAccessKey=${KEY}`);
  stage.see('with a wrong key it gets in nowhere', await stage.failure(own().open()), 'UnauthorizedError');

  const { responseBody: identity } = await registry.get(deviceId);
  const symmetricKey = { ...identity.authentication?.symmetricKey, primaryKey: KEY };
  await registry.update({ ...identity, authentication: { ...identity.authentication, symmetricKey } });
  const mended = own();
  stage.see('with the key set it does', await stage.failure(mended.open()), 'no error');
  await mended.close();

  const device = await stage.deviceWithToken(deviceId);
  await device.open();
  const twin = await device.getTwin();
  device.onDeviceMethod('TestMethod', (_request, response) => void response.send(200, 'Done'));
  const sent = await device.sendEvent(stage.message('{"temperature":25}'));
  stage.see('a token does as well', sent.constructor.name, 'MessageEnqueued');
  await stage.report(twin, { status: 'reported' });
  const call = { methodName: 'TestMethod', payload: null, responseTimeoutInSeconds: 15 };
  const { result } = await service.invokeDeviceMethod(deviceId, call);
  stage.see('a method reaches it', result, { status: 200, payload: 'Done' });
  const { responseBody: seen } = await registry.getTwin(deviceId);
  stage.see('its report has arrived', seen.properties.reported.status, 'reported');
});
