import { clientFromConnectionString } from 'iothub-emulator/device';
import { Registry, Client as ServiceClient } from 'iothub-emulator/service';
import { hubFixtures, until } from 'iothub-emulator/testing';
import { test as base, expect } from 'vitest';

// one emulator per worker, a hub of its own for each test
const test = base.extend(hubFixtures({ devices: [{ id: 'oven', desired: { celsius: 180 } }] }));

test('the oven heats up to the desired temperature', async ({ iotHub }) => {
  const oven = iotHub.device('oven');
  const app = await startOven(oven.connectionString);
  await until(oven).reported('celsius').is(180);
  oven.desire({ celsius: 220 });
  await until(oven).reported('celsius').is(220);
  await app.close();
  await until(oven).isDisconnected();
});

test('every test starts with the same hub', async ({ iotHub }) => {
  expect(iotHub.device('oven').twin).toMatchObject({
    connectionState: 'Disconnected',
    properties: { desired: { celsius: 180, $version: 2 }, reported: { $version: 1 } },
  });
});

test('a service app finds the same hub', async ({ iotHub }) => {
  const registry = Registry.fromConnectionString(iotHub.connectionString());
  await registry.create({ deviceId: 'toaster' });
  expect(iotHub.hub.registry.get('toaster').identity.status).toBe('enabled');
});

test('a method is called and answered', async ({ iotHub }) => {
  const oven = iotHub.device('oven');
  const app = await startOven(oven.connectionString);
  app.onDeviceMethod('clean', (request, response) => void response.send(200, { minutes: request.payload }));
  await until(oven).listensTo('methods');
  const service = ServiceClient.fromConnectionString(iotHub.connectionString());
  const { result } = await service.invokeDeviceMethod('oven', { methodName: 'clean', payload: 90 });
  expect(result).toEqual({ status: 200, payload: { minutes: 90 } });
  await app.close();
});

/** The app under test. */
const startOven = async (connectionString: string) => {
  const client = clientFromConnectionString(connectionString);
  await client.open();
  const twin = await client.getTwin();
  twin.on('properties.desired', ({ celsius }) => {
    twin.properties.reported.update({ celsius }, () => {});
  });
  return client;
};
