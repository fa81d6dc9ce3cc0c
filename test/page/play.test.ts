import iothub from 'azure-iothub';
import { expect, test } from 'vitest';
import { worldInBrowser } from './support/world-in-browser.ts';

const { world, open } = worldInBrowser();

const telemetryOf = (id: string) =>
  new Promise<unknown>((done) => {
    const stop = world().emulator.hub.events.listen((event) => {
      if (event.type !== 'telemetry' || event.key !== id) return;
      stop();
      done(JSON.parse(Buffer.from(event.message.body).toString()));
    });
  });

test('a device in the browser sends, lights its lamp for Microsoft’s SDK, and answers its methods', async () => {
  const page = await open('devices/thermostat-24/play');
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('connected by this page').waitFor();
  await page.getByText('connected · in the browser').waitFor();
  const sent = telemetryOf('thermostat-24');
  await page.getByRole('slider', { name: 'temperature' }).fill('25');
  await page.getByRole('button', { name: 'Send the values' }).click();
  expect(await sent).toEqual({ temperature: 25, humidity: 45 });
  const pressed = telemetryOf('thermostat-24');
  await page.getByRole('button', { name: 'Press the button' }).focus();
  await page.keyboard.press('Enter');
  expect(await pressed).toEqual({ button: 'pressed' });
  const registry = iothub.Registry.fromConnectionString(world().emulator.connectionString());
  await registry.updateTwin('thermostat-24', { properties: { desired: { lamp: 'on' } } }, '*');
  await page.locator('.lamp.lit').waitFor();
  await expect
    .poll(() => world().emulator.hub.twins.get('thermostat-24').twin.reported.values)
    .toMatchObject({ lamp: 'on', firmware: '1.0.0' });
  const client = iothub.Client.fromConnectionString(world().emulator.connectionString());
  const { result } = await client.invokeDeviceMethod('thermostat-24', { methodName: 'ping', payload: null });
  expect(result).toMatchObject({ status: 200, payload: 'pong' });
  expect((await client.invokeDeviceMethod('thermostat-24', { methodName: 'fly' })).result.status).toBe(404);
  await page.close();
});

test('it stays connected while another place is looked at, and says why it was disconnected', async () => {
  const page = await open('devices/thermostat-25/play');
  await page.getByLabel('Kind').selectOption('lamp');
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('connected by this page').waitFor();
  await page.getByRole('link', { name: 'Query' }).click();
  await page.getByText('Paths in this hub').waitFor();
  await page.goBack();
  await page.getByText('connected by this page').waitFor();
  await page.getByRole('button', { name: 'Expire token' }).click();
  await page.getByText('Disconnected: its token was made to expire.').waitFor();
  await page.getByRole('button', { name: 'Connect', exact: true }).waitFor();
  await page.close();
});

test('a device that is disabled is not connected, and the page says so', async () => {
  const page = await open('devices/chiller-2/play');
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('Disconnected: the hub refuses it: is it enabled?').waitFor();
  await page.close();
});

test('a template is changed, saved in the hub, played and deleted', async () => {
  const page = await open('devices/thermostat-26/play');
  const card = page.getByRole('region', { name: 'Template' });
  await card
    .getByLabel('What it sends')
    .fill(JSON.stringify({ telemetry: { rpm: [0, 900] }, reported: { blades: 3 }, methods: { spin: true } }));
  await card.getByLabel('Name').fill('lamp');
  await card.getByRole('button', { name: 'Save' }).click();
  await page.getByText('lamp is a template that every hub has').waitFor();
  await card.getByLabel('Name').fill('fan');
  await card.getByLabel('Title').fill('A <b>fan</b>');
  await card.getByRole('button', { name: 'Save' }).click();
  await page.getByText('“fan” was saved in this hub.').waitFor();
  await expect.poll(() => page.getByLabel('Kind').inputValue()).toBe('fan');
  expect(await page.getByLabel('Kind').locator('option:checked').textContent()).toBe('A <b>fan</b>');
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('connected by this page').waitFor();
  await page.getByRole('slider', { name: 'rpm' }).waitFor();
  await expect
    .poll(() => world().emulator.hub.twins.get('thermostat-26').twin.reported.values)
    .toMatchObject({ blades: 3 });
  await page.getByRole('button', { name: 'Disconnect', exact: true }).last().click();
  await card.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('“fan” was deleted.').waitFor();
  await expect.poll(() => page.getByLabel('Kind').inputValue()).toBe('climate');
  expect(
    world()
      .emulator.hub.deviceTemplates.list()
      .some(({ isSaved }) => isSaved),
  ).toBe(false);
  await page.close();
});
