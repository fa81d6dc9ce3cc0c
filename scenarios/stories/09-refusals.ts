import { story } from '../story.ts';

const WRONG_KEY = 'SharedAccessKey=bm90IHRoZSBrZXk=';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-troubleshoot-error-401003-iothubunauthorized */
export default story('What is not allowed is refused, and the error says why', async (stage) => {
  const { registry } = stage;
  const deviceId = await stage.createDevice();
  const stranger = stage.deviceWith(`DeviceId=${deviceId};${WRONG_KEY}`);
  stage.see('a device with a wrong key', await stage.failure(stranger.open()), 'UnauthorizedError');
  const thief = stage.registryWith(`SharedAccessKeyName=iothubowner;${WRONG_KEY}`);
  stage.see('a service with a wrong key', await stage.failure(thief.getRegistryStatistics()), 'UnauthorizedError');

  const nobody = registry.getTwin(stage.invent('nobody'));
  stage.see('the twin of nobody', await stage.failure(nobody), 'DeviceNotFoundError');
  const stale = registry.updateTwin(deviceId, { tags: { a: 1 } }, 'AAAAAAAAAAk=');
  stage.see('a change of an old state', await stage.failure(stale), 'InvalidEtagError');
  const dotted = registry.updateTwin(deviceId, { tags: { 'no.dots': 1 } }, '*');
  stage.see('a key with a dot', await stage.failure(dotted), 'ArgumentError');
  const nonsense = stage.find('SELECT WHERE', () => true);
  stage.see('a query that is none', await stage.failure(nonsense), 'ArgumentError');
  const { responseBody: twin } = await registry.getTwin(deviceId);
  stage.see('nothing has changed', [twin.etag, twin.tags ?? {}], ['AAAAAAAAAAE=', {}]);
});
