import { Received } from '../received.ts';
import { story } from '../story.ts';

const KEY = 'bXkgb3duIGtleSBvZiB0aGlydHktdHdvIGJ5dGVzISE=';

/** https://learn.microsoft.com/azure/iot-hub/tutorial-connectivity */
export default story('The reason why a device cannot connect is found and fixed', async (stage) => {
  const { registry, service } = stage;
  const deviceId = await stage.createDevice();
  const { responseBody: identity } = await registry.get(deviceId);
  const { symmetricKey } = identity.authentication ?? {};
  const connect = async (key = '') => {
    const device = stage.deviceWith(`DeviceId=${deviceId};SharedAccessKey=${key}`);
    const failure = await stage.failure(device.open());
    await device.close().catch(() => {});
    return failure;
  };
  stage.see('with its key it connects', await connect(symmetricKey?.primaryKey), 'no error');

  const changed = { ...symmetricKey, primaryKey: KEY };
  await registry.update({ ...identity, authentication: { ...identity.authentication, symmetricKey: changed } });
  stage.see('after the key was changed it does not', await connect(symmetricKey?.primaryKey), 'UnauthorizedError');
  stage.see('with the new key it does', await connect(KEY), 'no error');
  stage.see('the secondary key is still valid', await connect(symmetricKey?.secondaryKey), 'no error');
  const tester = await stage.deviceWithToken(deviceId);
  stage.see('so is a token', (await tester.open()) === undefined, false);
  await tester.close();

  const device = await stage.device(deviceId);
  await device.open();
  device.onDeviceMethod('TestMethod', ({ payload }, response) => {
    void response.send(200, `TestMethod received: ${JSON.stringify(payload)}`);
  });
  const twin = await device.getTwin();
  const started = new Date();
  await stage.report(twin, { devicelaststarted: started });
  const desired = new Received<unknown>();
  twin.on('properties.desired', desired.listener);
  stage.see('it reads its desired properties when it starts', await desired.next(), { $version: 1 });
  const sent = await device.sendEvent(stage.message('{"temperature":25}'));
  stage.see('its telemetry arrives', sent.constructor.name, 'MessageEnqueued');

  const call = { methodName: 'TestMethod', payload: { key: 'value' }, responseTimeoutInSeconds: 10 };
  const { result } = await stage.reached(() => service.invokeDeviceMethod(deviceId, call));
  stage.see('a method reaches it', result, { status: 200, payload: 'TestMethod received: {"key":"value"}' });
  const { responseBody: seen } = await registry.getTwin(deviceId);
  stage.see('its report has arrived', seen.properties.reported.devicelaststarted, started.toISOString());
  await registry.updateTwin(deviceId, { properties: { desired: { mydesiredproperty: 'propertyvalue' } } }, seen.etag);
  stage.see('it receives a change', await desired.next(), { mydesiredproperty: 'propertyvalue', $version: 2 });
});
