import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage, violationsOf } from './support/browser.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
let browser: Browser;
/** One for all views: it keeps the page's files. */
let context: BrowserContext;

beforeAll(async () => {
  world = await startWorld();
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
});

afterAll(async () => {
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

/** Every place and part of one, and a text that tells that it is there. */
const VIEWS: readonly (readonly [path: string, text: string | RegExp])[] = [
  ['overview', 'Happening now'],
  ['devices', 'thermostat-07'],
  ['devices?new=yes', 'Authentication type'],
  ['devices/thermostat-07', 'intervalMs'],
  ['devices/thermostat-07/messages', 'temperature'],
  ['devices/thermostat-07/methods', 'Call a method'],
  ['devices/thermostat-07/cloud-to-device', 'dead-lettered'],
  ['devices/thermostat-07/modules', 'This device has no module.'],
  ['devices/thermostat-07/files', 'waits for a service app'],
  ['devices/thermostat-07/identity', 'Keys and strings'],
  ['devices/thermostat-07/play', 'Be this device'],
  ['devices/thermostat-07/history', 'The twin as of version'],
  ['devices/thermostat-07/history?at=2026-11-28T12:03:33Z', 'The twin as of 2026-11-28T12:03:33Z'],
  ['devices/thermostat-07/traffic', 'PATCH reported'],
  ['devices/nobody', 'This hub has no such device.'],
  ['query', 'Paths in this hub'],
  ['messages', 'gateway-1'],
  ['traffic', 'Refused lately'],
  ['traffic?q=status:412', 'read it again for its etag'],
  ['configurations/firmware285', 'Target condition'],
  ['jobs/new', 'What it does'],
  ['routing', '$body.temperature > 30'],
  ['clock', 'What is due'],
  ['faults', 'Ends the connection before it acknowledges a report of thermostat-04, 5 times.'],
  ['snapshots?reset=yes', 'Reset the hub?'],
  ['snapshots?left=seed&right=now', 'Only on the right'],
  ['devices?compare=thermostat-07&with=gateway-1', 'tags.devicetype'],
  ['devices?drift=yes', 'Drift by property'],
  ['query?live=yes', 'live: updates as twins change'],
  ['history', 'Latest changes'],
  ['workshop', 'Reported properties and queries'],
  ['workshop/queries', 'Your device, live'],
  ['workshop/class', 'Student 12'],
  ['connect', 'First program'],
  ['connect?device=thermostat-12', 'Yours is not among them?'],
  ['connect/trust', 'Programs of this machine'],
  ['connect/tokens', 'Decode a token'],
  ['nowhere', 'There is no place “nowhere” here.'],
];

test.each(VIEWS)(
  '/%s opens by its address, without a complaint of the browser, or of axe in light and dark',
  async (path, text) => {
    const { page, complaints } = await openPage(context, `${world.server.url}/hub/localhost/${path}`);
    await page.getByText(text).first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violationsOf(page, ['color-contrast'])).toEqual([]);
    // the browser itself complains of what it could not load
    expect(complaints.filter((each) => path !== 'devices/nobody' || !each.includes('404'))).toEqual([]);
    await page.close();
  },
);

test.each(['overview', 'devices/thermostat-07', 'workshop/queries'])(
  '/%s is readable at 390 px, without a bar to scroll sideways',
  async (path) => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const { page, complaints } = await openPage(context, `${world.server.url}/hub/localhost/${path}`);
    await page.locator('.card').first().waitFor();
    expect(await page.evaluate('document.querySelector("main").scrollWidth')).toBeLessThanOrEqual(390);
    expect(await violationsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  },
);

test('the part of a device that is open is in sight at 390 px, also if it is the last but one', async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const { page } = await openPage(context, `${world.server.url}/hub/localhost/devices/thermostat-07/history`);
  const rightEdge = async () => {
    const box = await page.locator('.tabs [aria-current]').boundingBox();
    return box && Math.floor(box.x + box.width);
  };
  await expect.poll(rightEdge).toBeLessThanOrEqual(390);
  await context.close();
});

test('without an address it opens the overview of the hub', async () => {
  const { page } = await openPage(browser, world.server.url);
  await page.waitForURL('**/hub/localhost/overview');
  await page.close();
});
