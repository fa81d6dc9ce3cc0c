import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';
import { expect, test } from 'vitest';
import { worldInBrowser } from './support/world-in-browser.ts';

const { world, open } = worldInBrowser();

test('a message sent here is taken by a device of Microsoft’s SDK, and its feedback is seen', async () => {
  const client = device.Client.fromConnectionString(
    world().emulator.deviceConnectionString('thermostat-21'),
    mqtt.Mqtt,
  );
  const page = await open('devices/thermostat-21/cloud-to-device');
  await page.getByText('No message waits for this device.').waitFor();
  await page.getByLabel('Body').fill('{"open":"valve 7"}');
  await page.getByLabel('Properties, one a line: name: value').fill('level: high');
  await page.getByLabel('Message id').fill('m-7');
  await page.getByLabel('Feedback').selectOption('full');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('cell', { name: 'enqueued', exact: true }).waitFor();
  await page.locator('td', { hasText: 'level: high' }).waitFor();
  const received = new Promise<device.Message>((done) =>
    client.on('message', (message: device.Message) => {
      client.complete(message, () => done(message));
    }),
  );
  await client.open();
  const message = await received;
  expect([message.getData().toString(), message.properties.getValue('level'), message.messageId]).toEqual([
    '{"open":"valve 7"}',
    'high',
    'm-7',
  ]);
  await page.getByText('the device has completed it').waitFor();
  await page.locator('td', { hasText: 'Success' }).first().waitFor();
  await client.close();
  await page.close();
});

test('a message that expires on the hub’s clock is seen as dead-lettered', async () => {
  const page = await open('devices/thermostat-22/cloud-to-device');
  await page.getByLabel('Body').fill('too late');
  await page.getByLabel('Expires after, seconds').fill('60');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('cell', { name: 'enqueued', exact: true }).waitFor();
  await fetch(`${world().emulator.adminUrl}/clock/advance`, { method: 'POST', body: JSON.stringify({ by: '2m' }) });
  await page.getByText('it has expired').waitFor();
  await page.getByText('No message waits for this device.').waitFor();
  await page.close();
});

test('a property that is not written as one is told, and nothing is sent', async () => {
  const page = await open('devices/thermostat-23/cloud-to-device');
  await page.getByLabel('Properties, one a line: name: value').fill('level');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('A property is written as “name: value”, not “level”.').waitFor();
  expect(world().emulator.hub.inbox.list('thermostat-23')).toEqual([]);
  await page.close();
});

test('a configuration is tried before it is saved, and writes nothing until then', async () => {
  const page = await open('configurations/new');
  await page.getByLabel(/^Id/).fill('rates');
  await page.getByLabel('Target condition').fill("tags.devicetype = 'thermostat'");
  await page.getByLabel('Device twin properties: content by path').fill('{"properties.desired.rate": 5}');
  await page.getByRole('button', { name: 'Try first' }).click();
  await page.getByText('Selects 28 twins now, would change 28 twins. Nothing was written.').waitFor();
  const outcome = page.getByRole('table', { name: 'What would change' });
  await outcome.locator('tr', { hasText: 'thermostat-01' }).getByText('properties.desired.rate').waitFor();
  await outcome.getByText('and 8 more').waitFor();
  expect(
    world()
      .emulator.hub.configurations.list()
      .map(({ id }) => id),
  ).toEqual(['firmware285']);
  await page.getByLabel('Device twin properties: content by path').fill('{"tags.rate": 5}');
  await page.getByRole('button', { name: 'Try first' }).click();
  await page.getByText('tags.rate is not in properties.desired.').waitFor();
  await page.close();
});

test('a configuration that others overrule says which they are', async () => {
  const page = await open('configurations/new');
  await page.getByLabel(/^Id/).fill('older');
  await page.getByRole('button', { name: 'Try first' }).click();
  await page.getByText('“firmware285” has a higher priority and wins on 2 twins.').waitFor();
  await page.close();
});

test('a job is tried before it is scheduled: whom it would change, or who listens', async () => {
  const page = await open('jobs/new');
  await page.getByLabel('Condition').fill("deviceId IN ['thermostat-01', 'thermostat-03']");
  await page.getByLabel('Patch of the twins').fill('{"tags":{"floor":9}}');
  await page.getByRole('button', { name: 'Try first' }).click();
  await page.getByText('Selects 2 twins now, would change 2 twins. Nothing was written.').waitFor();
  await page.getByText('3 → 9').first().waitFor();
  await page.getByLabel('What it does').selectOption('scheduleDeviceMethod');
  await page.getByLabel('Method name').fill('reboot');
  await page.getByRole('button', { name: 'Try first' }).click();
  await page.getByText('Selects 2 twins now; 1 of them listen to methods.').waitFor();
  expect(world().emulator.hub.jobs.list().items).toEqual([]);
  await page.close();
});

test('the drift of the fleet is told by property, and leads to the values', async () => {
  const page = await open('devices?drift=yes');
  const card = page.getByRole('region', { name: 'Drift by property' });
  const line = card.locator('tr', { hasText: 'telemetry.intervalMs' });
  await expect.poll(() => line.locator('td').nth(1).textContent()).toBe('1');
  world().emulator.hub.twins.report('thermostat-03', { telemetry: { intervalMs: 7000 } });
  await expect.poll(() => line.locator('td').nth(1).textContent()).toBe('2');
  await line.getByRole('link', { name: 'compare the values' }).click();
  await page.getByText(/30 rows/).waitFor();
  await page.locator('.grid').getByText('7000').waitFor();
  await page.close();
});

test('why a device does not connect is told of this very attempt, with what to do', async () => {
  const page = await open('devices/thermostat-26/twin');
  await page.getByRole('link', { name: 'Why does it not connect?' }).click();
  await page.getByText('The hub has seen no attempt.').waitFor();
  await page.getByRole('button', { name: 'Wait for a connection' }).click();
  const wrong = world()
    .emulator.deviceConnectionString('thermostat-26')
    .replace(/(SharedAccessKey=).*/, '$1b3RoZXI=');
  await device.Client.fromConnectionString(wrong, mqtt.Mqtt)
    .open()
    .catch(() => {});
  const attempts = page.getByRole('list', { name: 'Attempts to connect' });
  await attempts.getByText('refused').waitFor();
  await expect
    .poll(() => attempts.locator('strong').textContent())
    .toContain('connection-string --device thermostat-26');
  await page.close();
});
