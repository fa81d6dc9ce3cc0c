import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { clientFromConnectionString } from 'iothub-emulator/device';
import { useIotHub } from 'iothub-emulator/testing';

const iotHub = useIotHub({ before, after, beforeEach, afterEach }, { devices: ['oven'] });

test('a test that passes', () => assert.ok(iotHub()));

test('a test that fails', async () => {
  const wrongKey = iotHub()
    .device('oven')
    .connectionString.replace(/SharedAccessKey=.*/, 'SharedAccessKey=d3Jvbmc=');
  await clientFromConnectionString(wrongKey).open();
});
