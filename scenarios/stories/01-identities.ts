import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-identity-registry */
export default story('A device is registered, changed and removed', async (stage) => {
  const { registry } = stage;
  const deviceId = await stage.createDevice();
  const { responseBody: created } = await registry.get(deviceId);
  const keyBytes = Buffer.from(created.authentication?.symmetricKey?.primaryKey ?? '', 'base64').length;
  stage.see('the hub has generated a key', keyBytes >= 16, true);
  stage.see('it is enabled', created.status, 'enabled');
  stage.see(
    'it cannot be registered twice',
    await stage.failure(registry.create({ deviceId })),
    'DeviceAlreadyExistsError',
  );

  const { responseBody: changed } = await registry.update({ ...created, status: 'disabled' });
  stage.see('it is disabled', changed.status, 'disabled');
  const kept = changed.authentication?.symmetricKey?.primaryKey;
  stage.see('it has kept its key', kept, created.authentication?.symmetricKey?.primaryKey);
  const { responseBody: all } = await registry.list();
  stage.see('the list contains it', all.filter((device) => device.deviceId === deviceId).length, 1);

  await registry.delete(deviceId);
  stage.see('it no longer exists', await stage.failure(registry.get(deviceId)), 'DeviceNotFoundError');
});
