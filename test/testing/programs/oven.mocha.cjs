const assert = require('node:assert/strict');
const { clientFromConnectionString } = require('iothub-emulator/device');
const { until, useIotHub } = require('iothub-emulator/testing');

describe('an oven', () => {
  const iotHub = useIotHub({ before, after, beforeEach, afterEach }, { devices: ['oven'] });

  it('answers a method', async () => {
    const oven = iotHub().device('oven');
    const client = clientFromConnectionString(oven.connectionString);
    client.onDeviceMethod('clean', (request, response) => response.send(200, { minutes: request.payload }));
    await client.open();
    await until(oven).listensTo('methods');
    assert.deepEqual(await oven.invoke('clean', 90), { status: 200, payload: { minutes: 90 } });
    await client.close();
  });

  it('is forgotten by the next test', () => {
    assert.deepEqual(iotHub().events(), []);
  });
});
