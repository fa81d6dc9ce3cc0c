import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { worldInBrowser } from './support/world-in-browser.ts';

const { world, open } = worldInBrowser();
let page: Page;

beforeEach(async () => {
  await page?.close();
  page = await open('overview');
  await page.getByText('Happening now').waitFor();
});

const press = async (...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};

const path = () => decodeURIComponent(new URL(page.url()).pathname.replace('/hub/localhost/', ''));

test('g and a letter go to a place, j k and Enter through its list, and back again', async () => {
  await press('g', 'd');
  await page.getByText('thermostat-01').first().waitFor();
  await press('j', 'j', 'j', 'k', 'Enter');
  await page.getByRole('heading', { name: 'gateway-1' }).waitFor();
  expect(path()).toBe('devices/gateway-1');
  await page.goBack();
  await page.getByText('thermostat-01').first().waitFor();
  await page.goBack();
  await page.getByText('Happening now').waitFor();
});

test('/ goes to the filter, and the address remembers what was typed', async () => {
  await press('g', 'd');
  await page.getByText('thermostat-10').waitFor();
  await press('/');
  await page.keyboard.type('gate');
  await expect.poll(() => page.locator('.grid .line').count()).toBe(1);
  expect(page.url()).toContain('?q=gate');
  await page.reload();
  await expect.poll(() => page.locator('.grid .line').count()).toBe(1);
});

test('a condition in the filter is evaluated by the hub', async () => {
  await press('g', 'd');
  await page.getByText('thermostat-10').waitFor();
  await press('/');
  await page.keyboard.type("tags.devicetype = 'chiller'");
  await expect.poll(() => page.locator('.grid .line').allTextContents()).toHaveLength(2);
  await page.keyboard.type(' AND');
  await page.getByText(/line 1, column/).waitFor();
});

test('Ctrl K goes to any device', async () => {
  await press('Control+k');
  await page.keyboard.type('stat-11');
  await press('Enter');
  await page.getByRole('heading', { name: 'thermostat-11' }).waitFor();
});

test('Ctrl K loses no letter on a machine too busy to paint', async () => {
  await page.addInitScript('requestAnimationFrame = () => 0');
  await page.reload();
  await page.getByText('Happening now').waitFor();
  await press('Control+k', ...'stat-12', 'Enter');
  await page.getByRole('heading', { name: 'thermostat-12' }).waitFor();
});

test('e edits the twin, mistakes are told while typing, and Ctrl Enter sends', async () => {
  await page.goto(`${world().server.url}/hub/localhost/devices/thermostat-03/twin`);
  await page.locator('.cm-content').waitFor();
  await press('e');
  await page.keyboard.type('{ "a.b": 1 }');
  await page
    .getByText(/Must not contain/)
    .first()
    .waitFor();
  await press('Control+a');
  await page.keyboard.type('{ "telemetry": { "intervalMs": 250 ');
  await page.getByText(/Preview: desired \$version \d+ · the device hears it at once/).waitFor();
  await press('Control+Enter');
  await page.locator('.leaf', { hasText: '250' }).first().waitFor();
  expect(world().emulator.hub.fleet.get('thermostat-03').twin.desired.values).toMatchObject({
    telemetry: { intervalMs: 250 },
  });
});

test('what was typed and not sent is kept, and leaving asks', async () => {
  await page.goto(`${world().server.url}/hub/localhost/devices/thermostat-05/twin`);
  await page.locator('.cm-content').waitFor();
  await press('e');
  await page.keyboard.type('{ "half": ');
  const asked = page.waitForEvent('dialog');
  const going = page.getByRole('link', { name: 'Query' }).click();
  const dialog = await asked;
  expect(dialog.message()).toContain('thermostat-05');
  await dialog.dismiss();
  await going;
  expect(path()).toBe('devices/thermostat-05/twin');
  page.once('dialog', (again) => void again.accept());
  await page.reload();
  await expect.poll(() => page.locator('.cm-content').textContent()).toContain('"half"');
});

test('p pauses what is live, and what waits is counted', async () => {
  await press('g', 'm');
  await page.getByText('gateway-1').first().waitFor();
  await press('p');
  await page.getByRole('button', { name: /Resume/ }).waitFor();
  for (let i = 0; i < 3; i++)
    world().emulator.hub.telemetry.receive('thermostat-07', {
      body: Buffer.from('{"late":1}'),
      system: {},
      properties: {},
    });
  await page.getByText('3 waiting').waitFor();
  expect(await page.getByText('{"late":1}').count()).toBe(0);
  await press('p');
  await page.getByText('{"late":1}').first().waitFor();
});

test('? tells the keys, and Escape closes', async () => {
  await press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await press('Escape');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
});

test('the query box completes paths that exist, and underlines what is wrong', async () => {
  await press('g', 'q');
  await page.getByText('location.plant').waitFor();
  await page.locator('.cm-content').click();
  await press('Control+a');
  await page.keyboard.type('SELECT deviceId FROM devices WHERE tags.loc');
  await page.locator('.cm-tooltip-autocomplete').getByText('tags.location.plant').waitFor();
  await press('Escape');
  await page.keyboard.type('ation.plant = ');
  await page.locator('.cm-lintRange-error').first().waitFor();
  await page.keyboard.type("'Redmond43'");
  await press('Control+Enter');
  await page.getByText(/30 rows/).waitFor();
});
