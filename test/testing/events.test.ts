import { clientFromConnectionString, Message } from 'iothub-emulator/device';
import { hubFixtures, until } from 'iothub-emulator/testing';
import { test as base, expect } from 'vitest';

const test = base.extend(hubFixtures({ devices: ['oven'] }));

test('a device reports that it is online before it sends messages', async ({ iotHub }) => {
  const client = clientFromConnectionString(iotHub.device('oven').connectionString);
  const twin = await client.getTwin();
  twin.properties.reported.update({ online: true }, () => {});
  await until(iotHub).emits('twin.reported', ({ key }) => key === 'oven');
  await client.sendEvent(new Message('hot'));
  await client.close();
  await until(iotHub).emits('session.closed');
  const happened = iotHub.events().filter(({ type }) => !type.startsWith('session.'));
  expect(happened).toMatchObject([
    { type: 'twin.reported', key: 'oven', patch: { online: true } },
    { type: 'telemetry', key: 'oven', message: { body: Buffer.from('hot') } },
  ]);
});

test('a device whose twin does not change reports nothing', async ({ iotHub }) => {
  const client = clientFromConnectionString(iotHub.device('oven').connectionString);
  await client.getTwin();
  iotHub.create('toaster').desire({ celsius: 220 });
  await iotHub.settle();
  expect(iotHub.events('twin.reported')).toEqual([]);
  await client.close();
});
