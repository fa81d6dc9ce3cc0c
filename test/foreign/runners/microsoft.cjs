const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');
const { Registry } = require('azure-iothub');
const { until, useIotHub } = require('iothub-emulator/testing');

const iotHub = useIotHub({ beforeAll, afterAll, beforeEach, afterEach }, { devices: ['oven'], isolation: 'reset' });

test("Microsoft's packages find the hub from inside the sandbox", async () => {
  const oven = iotHub().device('oven');
  const registry = Registry.fromConnectionString(iotHub().connectionString());
  await registry.updateTwin('oven', { tags: { hall: 4 } }, '*');
  const client = Client.fromConnectionString(oven.connectionString, Mqtt);
  const message = new Message('hot');
  message.properties.add('alarm', 'yes');
  await client.sendEvent(message);
  const { properties } = await until(oven).sends();
  expect({ ...properties }).toEqual({ alarm: 'yes' });
  expect(oven.twin.tags).toEqual({ hall: 4 });
  await client.close();
});

test('and the hub is as it was', () => {
  expect(iotHub().device('oven').twin.tags).toBeUndefined();
});

test('refusals of the hub say their name', async () => {
  iotHub().fail({ operation: 'rest', times: 1 }, { type: 'error', code: 'ServiceUnavailable' });
  const registry = Registry.fromConnectionString(iotHub().connectionString());
  await expect(registry.get('oven')).rejects.toThrow('ServiceUnavailable');
  expect(() => iotHub().deviceConnectionString('toaster')).toThrow('toaster');
});
