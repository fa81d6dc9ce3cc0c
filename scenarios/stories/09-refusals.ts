import { story } from '../story.ts';

const WRONG_KEY = 'SharedAccessKey=bm90IHRoZSBrZXk=';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-troubleshoot-error-401003-iothubunauthorized */
export default story('Operations that are not allowed are rejected, and the error says why', async (stage) => {
  const { registry } = stage;
  const deviceId = await stage.createDevice();
  const impostor = stage.deviceWith(`DeviceId=${deviceId};${WRONG_KEY}`);
  stage.see('a device with a wrong key is rejected', await stage.failure(impostor.open()), 'UnauthorizedError');
  const intruder = stage.registryWith(`SharedAccessKeyName=iothubowner;${WRONG_KEY}`);
  stage.see(
    'a service with a wrong key is rejected',
    await stage.failure(intruder.getRegistryStatistics()),
    'UnauthorizedError',
  );

  const unknown = registry.getTwin(stage.invent('unknown'));
  stage.see('an unknown device has no twin', await stage.failure(unknown), 'DeviceNotFoundError');
  const stale = registry.updateTwin(deviceId, { tags: { a: 1 } }, 'AAAAAAAAAAk=');
  stage.see('a change with an old etag is rejected', await stage.failure(stale), 'InvalidEtagError');
  const dotted = registry.updateTwin(deviceId, { tags: { 'no.dots': 1 } }, '*');
  stage.see('a key with a dot is rejected', await stage.failure(dotted), 'ArgumentError');
  const nonsense = stage.find('SELECT WHERE', () => true);
  stage.see('an invalid query is rejected', await stage.failure(nonsense), 'ArgumentError');
  const { responseBody: twin } = await registry.getTwin(deviceId);
  stage.see('nothing has changed', [twin.etag, twin.tags ?? {}], ['AAAAAAAAAAE=', {}]);
});
