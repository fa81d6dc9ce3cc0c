const { useIotHub } = require('iothub-emulator/testing');

const iotHub = useIotHub({ beforeAll, afterAll, beforeEach, afterEach }, { devices: ['oven'] });

test('the oven has a hall', () => {
  iotHub().device('oven').tag({ hall: 4 });
  expect(iotHub().device('oven').twin.tags).toEqual({ hall: 5 });
});
