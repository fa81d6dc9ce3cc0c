import { clientFromConnectionString } from 'iothub-emulator/device';
import { JobClient } from 'iothub-emulator/service';
import { hubFixtures, until } from 'iothub-emulator/testing';
import { test as base, expect } from 'vitest';

const test = base.extend(hubFixtures({ devices: ['oven'], clock: '2030-01-01T00:00:00Z' }));

test('half a minute of silence takes no time', async ({ iotHub }) => {
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

test('a job that is scheduled for tomorrow runs when tomorrow comes', async ({ iotHub }) => {
  const jobs = JobClient.fromConnectionString(iotHub.connectionString());
  const start = new Date('2030-01-02T00:00:00Z');
  await jobs.scheduleTwinUpdate('night', "deviceId = 'oven'", { etag: '*', tags: { lit: true } }, start, 60);
  await iotHub.advance('23h');
  expect(iotHub.device('oven').twin.tags).toBeUndefined();
  await iotHub.advance('1h');
  await until(iotHub.device('oven')).tag('lit').is(true);
});

test('what happens is timed by the hub', async ({ iotHub }) => {
  await iotHub.advance('90m');
  iotHub.device('oven').tag({ shelf: 4 });
  const [tagged] = iotHub.heard('twin.updated');
  expect(new Date(tagged?.at ?? 0).toISOString()).toBe('2030-01-01T01:30:00.000Z');
});
