import { expect, test } from 'vitest';
import { worldInBrowser } from './support/world-in-browser.ts';

const { world, open } = worldInBrowser();

test('a fork is made, opened and changed here, and the original stays as it is', async () => {
  const page = await open('snapshots');
  await page.getByLabel('Name of the fork').fill('blue');
  await page.getByRole('button', { name: 'New fork' }).click();
  await page.getByText('The fork was made.').waitFor();
  await page.getByRole('link', { name: 'blue' }).click();
  await page.waitForURL('**/hub/blue/overview');
  await page.goto(`${world().server.url}/hub/blue/devices/thermostat-03/twin`);
  await page.locator('.cm-content').click();
  await page.keyboard.type('{ "telemetry": { "intervalMs": 250 } }');
  await page.getByRole('button', { name: 'Send patch' }).click();
  await page.locator('.leaf', { hasText: '250' }).first().waitFor();
  expect(world().emulator.hub.fleet.get('thermostat-03').twin.desired.values).toMatchObject({
    telemetry: { intervalMs: 1000 },
  });
  await page.goto(`${world().server.url}/hub/localhost/snapshots`);
  await page.getByLabel('Left').selectOption('now');
  await page.getByLabel('Right').selectOption('hub:blue');
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  const line = page.locator('tr', { hasText: 'properties.desired.telemetry.intervalMs' });
  await expect
    .poll(() => line.locator('td').allInnerTexts())
    .toEqual(['properties.desired.telemetry.intervalMs', '1000', '250']);
  await page.getByRole('button', { name: 'close', exact: true }).click();
  await page.getByText('“blue” was closed.').waitFor();
  await page.close();
});

test('the switch beside the name leads to a fork and back, and a live query follows the fork', async () => {
  await using fork = world().emulator.fork('green');
  const page = await open('query');
  await page.locator('summary', { hasText: 'localhost' }).click();
  await page.getByRole('button', { name: /^green/ }).click();
  await page.waitForURL('**/hub/green/query*');
  const sql = 'SELECT deviceId FROM devices WHERE properties.reported.door = 1';
  await page.goto(`${world().server.url}/hub/green/query?sql=${encodeURIComponent(sql)}&live=yes`);
  await page.getByText('No row fits.').waitFor();
  world().emulator.hub.twins.report('thermostat-14', { door: 1 });
  fork.hub.twins.report('thermostat-15', { door: 1 });
  await page.locator('.grid').getByText('thermostat-15').waitFor();
  expect(await page.locator('.grid').getByText('thermostat-14').count()).toBe(0);
  expect(await page.locator('.side a', { hasText: 'Traffic' }).count()).toBe(1);
  await page.locator('summary', { hasText: 'green' }).click();
  await page.getByRole('button', { name: /^localhost/ }).click();
  await page.waitForURL('**/hub/localhost/query*');
  await page.close();
});

test('two devices that are selected are compared, side by side and live', async () => {
  const page = await open('devices?q=thermostat-0');
  await page.getByLabel('Select thermostat-01').check();
  await page.getByLabel('Select thermostat-02').check();
  await page.getByRole('toolbar').getByRole('button', { name: 'Compare' }).click();
  const dialog = page.getByRole('dialog', { name: 'Compare the twins' });
  await dialog.getByText('are the same').waitFor();
  world().emulator.hub.twins.patch('thermostat-02', { tags: { floor: 8 } });
  await dialog.locator('tr', { hasText: 'tags.floor' }).getByText('8').waitFor();
  expect(new URL(page.url()).searchParams.get('with')).toBe('thermostat-02');
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  await page.close();
});

test('a file is previewed before it is imported: what is new, what changes, and what it does not bring', async () => {
  const page = await open('devices');
  const state = {
    arm: {},
    devices: {
      'thermostat-09': { identity: { status: 'enabled' }, twin: { tags: { floor: 7 } } },
      "new'one": { identity: { status: 'enabled' }, twin: {} },
    },
  };
  await page
    .getByLabel('File to import')
    .setInputFiles({ name: 'state<i>.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(state)) });
  const dialog = page.getByRole('dialog', { name: 'Import a file' });
  await dialog.getByText('Creates 1, changes 1 and deletes 0 devices').waitFor();
  await dialog.locator('tr', { hasText: 'tags.floor' }).getByText('7').waitFor();
  await dialog.getByText('The section arm, about resources in Azure.').waitFor();
  expect(world().emulator.hub.twins.get('thermostat-09').twin.tags).toMatchObject({ floor: 3 });
  await dialog.getByLabel('Devices and configurations').selectOption('replace');
  await dialog.getByText(/deletes 31 devices/).waitFor();
  await dialog.getByLabel('Devices and configurations').selectOption('merge');
  await dialog.getByText(/deletes 0 devices/).waitFor();
  await dialog.getByRole('button', { name: 'Import' }).click();
  await page.getByText('Imported 2 devices, 0 modules, 0 configurations.').waitFor();
  expect(world().emulator.hub.twins.get('thermostat-09').twin.tags).toMatchObject({ floor: 7 });
  await page.close();
});

test('an address of a hub that there is not says so, and leads to the hub of the emulator', async () => {
  const page = await open('overview');
  await page.goto(`${world().server.url}/hub/grey/overview`);
  await page.getByText('The emulator has no such hub.').waitFor();
  expect(await page.getByText('does not answer').count()).toBe(0);
  await page.getByRole('link', { name: 'Its hub' }).click();
  await page.waitForURL('**/hub/localhost/overview');
  await page.close();
});
