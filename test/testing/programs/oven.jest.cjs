const { clientFromConnectionString } = require('iothub-emulator/device');
const { until, useIotHub } = require('iothub-emulator/testing');

const iotHub = useIotHub({ beforeAll, afterAll, beforeEach, afterEach }, { devices: ['oven'] });

test('the oven reports the desired temperature', async () => {
  const oven = iotHub().device('oven');
  const client = clientFromConnectionString(oven.connectionString);
  const twin = await client.getTwin();
  twin.on('properties.desired', ({ settings }) => twin.properties.reported.update({ settings }, () => {}));
  await until(oven).listensTo('desired');
  oven.desire({ settings: { celsius: 220 } });
  await until(oven).reported('settings').is({ celsius: 220 });
  await client.close();
});

test('another test does not see it', () => {
  expect(iotHub().device('oven').twin).toMatchObject({ properties: { desired: { $version: 1 } } });
  expect(iotHub().events()).toEqual([]);
});
