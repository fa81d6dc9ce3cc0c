import { type Emulator, startEmulator } from 'iothub-emulator';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage } from './support/browser.ts';
import { connect } from './support/world.ts';

// The page as the emulator serves it, without anything between.

let emulator: Emulator;
let browser: Browser;

beforeAll(async () => {
  emulator = await startEmulator({ trust: 'process', clock: '2026-11-28T12:00:00Z', devices: ['d1', 'd2'] });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await emulator?.close();
});

test('it has the places whose operations the emulator has', async () => {
  const { page, complaints } = await openPage(browser, emulator.adminUrl);
  await page.waitForURL('**/hub/localhost/overview');
  const places = page.locator('.side a');
  await expect.poll(() => places.count()).toBeGreaterThan(9);
  const titles = (await places.allInnerTexts()).map((text) => text.split('\n')[0]);
  expect(titles).toEqual([
    ...['Overview', 'Devices', 'Query', 'Messages', 'Traffic'],
    ...['Configurations', 'Jobs', 'Routing', 'Clock', 'Faults', 'Snapshots', 'History', 'Workshop', 'Connect'],
  ]);
  for (const place of await places.all()) {
    await place.click();
    await page.locator('main > *').first().waitFor();
  }
  expect(complaints).toEqual([]);
  await page.close();
});

test('what a device of Microsoft’s SDK reports is seen, and what is sent from here arrives', async () => {
  const client = await connect(emulator, 'd1');
  const { page, complaints } = await openPage(browser, `${emulator.adminUrl}/hub/localhost/devices/d1/twin`);
  const twin = await client.getTwin();
  await new Promise((done) => twin.properties.reported.update({ firmware: { status: 'applying' } }, done));
  await page.getByText('"applying"').first().waitFor();
  await page.goto(`${emulator.adminUrl}/hub/localhost/devices/d1/methods`);
  await page.getByLabel('Method name').fill('reboot');
  await page.getByRole('button', { name: 'Call' }).click();
  await page.getByText('"rebooting": true').waitFor();
  expect(complaints).toEqual([]);
  await page.close();
  await client.close();
});

test('where other machines can reach it, it asks for the token once', async () => {
  await using open = await startEmulator({ adminHost: '0.0.0.0', adminToken: 'open sesame', devices: ['d1'] });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(open.adminUrl);
  await page.getByLabel('Token').fill('open sesam');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('This is not the token of the emulator.').waitFor();
  await page.getByLabel('Token').fill('open sesame');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('Happening now').waitFor();
  await page.goto(`${open.adminUrl}/hub/localhost/devices`);
  await page.getByText('d1').first().waitFor();
  await context.close();
});
