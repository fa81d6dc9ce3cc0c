import assert from 'node:assert/strict';
import { test } from 'node:test';
import iothub from 'azure-iothub';

const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);

test('a tag that was written can be queried', async () => {
  await registry.updateTwin('myDevice', { tags: { testedBy: 'ci' } }, '*');
  const query = registry.createQuery("SELECT deviceId FROM devices WHERE tags.testedBy = 'ci'", 10);
  const { result } = await query.next();
  assert.deepEqual(result, [{ deviceId: 'myDevice' }]);
});
