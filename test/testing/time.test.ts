import { clientFromConnectionString } from 'iothub-emulator/device';
import { JobClient, Registry } from 'iothub-emulator/service';
import { hubFixtures, until } from 'iothub-emulator/testing';
import { test as base, expect } from 'vitest';

const test = base.extend(hubFixtures({ devices: ['oven'], clock: '2030-01-01T00:00:00Z' }));
const slow = base.extend(hubFixtures({ devices: ['oven'], clock: 'virtual', rollout: 'every:5m' }));

test('a timeout of half a minute takes no time', async ({ iotHub }) => {
  const oven = iotHub.device('oven');
  const client = clientFromConnectionString(oven.connectionString);
  client.onDeviceMethod('sulk', () => {}); // never answers
  await client.open();
  await until(oven).listensTo('methods');
  const refused = expect(oven.invoke('sulk')).rejects.toMatchObject({ code: 'GatewayTimeout', status: 504 });
  await iotHub.advance('30s');
  await refused;
  await client.close();
});

test('a job that is scheduled for tomorrow runs when the clock is advanced', async ({ iotHub }) => {
  const jobs = JobClient.fromConnectionString(iotHub.connectionString());
  const start = new Date('2030-01-02T00:00:00Z');
  await jobs.scheduleTwinUpdate('night', "deviceId = 'oven'", { etag: '*', tags: { lit: true } }, start, 60);
  await iotHub.advance('23h');
  expect(iotHub.device('oven').twin.tags).toBeUndefined();
  await iotHub.advance('1h');
  await until(iotHub.device('oven')).tag('lit').is(true);
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management: every five minutes
slow('configurations can be as slow as on the service', async ({ iotHub }) => {
  const registry = Registry.fromConnectionString(iotHub.connectionString());
  const content = { deviceContent: { 'properties.desired.rate': 5 } };
  await registry.addConfiguration({ id: 'rates', schemaVersion: '1.0', content, targetCondition: 'tags.shelf = 4' });
  const targeted = async () => (await registry.getConfiguration('rates')).responseBody.systemMetrics?.results;
  const wanted = () => iotHub.hub.twins.get('oven').twin.desired.values;
  expect(await targeted()).toEqual({});
  await iotHub.advance('1m');
  expect(await targeted()).toEqual({ targetedCount: 0, appliedCount: 0 });
  iotHub.device('oven').tag({ shelf: 4 });
  await iotHub.advance('4m');
  expect(wanted()).toEqual({});
  await iotHub.advance('1m');
  expect(wanted()).toEqual({ rate: 5 });
  expect(await targeted()).toEqual({ targetedCount: 1, appliedCount: 1 });
});

test('events have the time of the hub', async ({ iotHub }) => {
  await iotHub.advance('90m');
  iotHub.device('oven').tag({ shelf: 4 });
  const [tagged] = iotHub.events('twin.updated');
  expect(new Date(tagged?.at ?? 0).toISOString()).toBe('2030-01-01T01:30:00.000Z');
});
