import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../protocol/json.ts';
import { launchBrowser, openPage, violationsOf } from './support/browser.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
let browser: Browser;

/** Ids hold what the registry lets them hold; everything else is in values. */
const ID = "x'onerror=alert(1)*(?!$)%3Cb%3E,=@;+-.:_#";
const MARKUP = '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script>';
const BACKWARDS = '\u202Egnp.exe\u2066\u200F';
const LONG = 'W'.repeat(4000);

const VALUES: JsonObject = {
  markup: MARKUP,
  backwards: BACKWARDS,
  long: LONG,
  controls: '\u0000\u0007\u001b[31m',
  [MARKUP.replaceAll(/[ .$#]/g, '_')]: 1,
  [`key${'k'.repeat(900)}`]: { deep: { deeper: [MARKUP, { [`${BACKWARDS.replace('.', '_')}key`]: 'x' }] } },
};

beforeAll(async () => {
  world = await startWorld({ devices: 12 });
  browser = await launchBrowser();
  const { hub } = world.emulator;
  hub.registry.put({ deviceId: ID }, { deviceId: ID, status: 'enabled', statusReason: MARKUP });
  hub.twins.patch(ID, { tags: VALUES, properties: { desired: VALUES } });
  hub.twins.report(ID, { ...VALUES, extra: true });
  const properties = { [MARKUP]: MARKUP, long: LONG };
  hub.telemetry.receive(ID, {
    body: Buffer.from(`${MARKUP}${BACKWARDS}${LONG}`),
    system: { contentType: LONG, messageId: MARKUP },
    properties,
  });
  hub.faults.add({ id: MARKUP, match: { operation: 'connect', device: MARKUP }, effect: { type: 'drop' } });
  world.emulator.snapshots.take(MARKUP);
});

afterAll(async () => {
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

const VIEWS = [
  'overview',
  `devices?q=${encodeURIComponent('x')}`,
  `devices/${encodeURIComponent(ID)}/twin`,
  `devices/${encodeURIComponent(ID)}/messages`,
  `devices/${encodeURIComponent(ID)}/identity`,
  `devices/${encodeURIComponent(ID)}/history`,
  'history',
  `messages?q=onerror`,
  `query?sql=${encodeURIComponent(`SELECT * FROM devices WHERE tags.markup = '${MARKUP}'`)}`,
  'faults',
  'snapshots',
  `devices/${encodeURIComponent(MARKUP)}`,
];

const open = async (path: string, width: number): Promise<{ page: Page; complaints: readonly string[] }> => {
  const context = await browser.newContext({ viewport: { width, height: 800 } });
  const opened = await openPage(context, `${world.server.url}/hub/localhost/${path}`);
  await opened.page.locator('.card, .empty').first().waitFor();
  await opened.page.locator('main').getByText('onerror').first().waitFor();
  return opened;
};

test.each(VIEWS)('/%s shows hostile ids and values as text, and keeps its layout', async (path) => {
  for (const width of [1280, 390]) {
    const { page, complaints } = await open(path, width);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.evaluate('document.querySelectorAll("main img, main script").length')).toBe(0);
    // marks of direction are shown, and not obeyed
    expect(await page.evaluate('/[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText)')).toBe(false);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await page.evaluate('document.querySelector("main").scrollWidth')).toBeLessThanOrEqual(width);
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    if (width > 390) expect(await violationsOf(page)).toEqual([]);
    await page.context().close();
  }
});

test('a message of hostile text is opened in every form', async () => {
  const { page } = await open('messages?q=onerror', 1280);
  await page.locator('.grid .line').first().click();
  for (const form of ['json', 'text', 'hex', 'cbor']) {
    await page.getByRole('button', { name: form, exact: true }).click();
    expect(await page.evaluate('window.hacked')).toBeUndefined();
  }
  await page.context().close();
});

test('the content security policy lets nothing in that is not ours', async () => {
  const page = await browser.newPage();
  const response = await page.goto(world.server.url);
  expect(response?.headers()['content-security-policy']).toMatch(/^default-src 'self';/);
  expect(await response?.text()).not.toMatch(/<script(?![^>]*\bsrc=)|<style|style="|\son\w+=/);
  await page.close();
});
