import { clientFromConnectionString, Message } from 'iothub-emulator/device';
import { until, useIotHub } from 'iothub-emulator/testing';

const iotHub = useIotHub({ beforeAll, afterAll, beforeEach, afterEach }, { devices: ['oven'] });

test('ES modules run in the sandbox, too', async () => {
  const oven = iotHub().device('oven');
  const client = clientFromConnectionString(oven.connectionString);
  await client.sendEvent(new Message('hot'));
  const { body } = await until(oven).sends();
  expect(Buffer.from(body).toString()).toBe('hot');
  await client.close();
});
