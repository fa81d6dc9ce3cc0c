import { clientFromConnectionString, Message } from 'iothub-emulator/device';
import { hubFixtures, until } from 'iothub-emulator/testing';
import { test as base, expect } from 'vitest';

const test = base.extend(hubFixtures({ devices: ['oven'] }));

test('a device says that it is there before it says anything else', async ({ iotHub }) => {
  const client = clientFromConnectionString(iotHub.device('oven').connectionString);
  const twin = await client.getTwin();
  twin.properties.reported.update({ online: true }, () => {});
  await until(iotHub).hears('twin.reported', ({ key }) => key === 'oven');
  await client.sendEvent(new Message('hot'));
  await client.close();
  await until(iotHub).hears('session.closed');
  const happened = iotHub.heard().filter(({ type }) => !type.startsWith('session.'));
  expect(happened).toMatchObject([
    { type: 'twin.reported', key: 'oven', patch: { online: true } },
    { type: 'telemetry', key: 'oven', message: { body: Buffer.from('hot') } },
  ]);
});

test('a device that is told nothing says nothing', async ({ iotHub }) => {
  const client = clientFromConnectionString(iotHub.device('oven').connectionString);
  await client.getTwin();
  iotHub.create('toaster').desire({ celsius: 220 });
  await iotHub.settle();
  expect(iotHub.heard('twin.reported')).toEqual([]);
  await client.close();
});
