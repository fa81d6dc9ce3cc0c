import iothub from 'azure-iothub';
import { type Emulator, type Fork, startEmulator } from 'iothub-emulator';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage } from './support/browser.ts';

let emulator: Emulator;
let hubs: readonly Fork[];
let browser: Browser;
let page: Page;

beforeAll(async () => {
  emulator = await startEmulator({ trust: 'process', devices: ['myDevice'], clock: '2030-01-01T00:00:00Z' });
  hubs = await emulator.openClass({ students: ['Ada', 'Grace', '<i>Mallory</i>'], lesson: 'queries' });
  browser = await launchBrowser();
  page = (await openPage(browser, `${emulator.adminUrl}/hub/localhost/workshop/class`)).page;
});

afterAll(async () => {
  await browser?.close();
  await emulator?.close();
});

const [ada, grace, mallory] = [0, 1, 2];
const hub = (index: number) => {
  const found = hubs[index];
  if (found === undefined) throw new Error('There are three students');
  return found.hub;
};
const faultsOf = () => hubs.map((fork) => fork.hub.faults.list().length);
const row = (name: string) => page.locator('.class tbody tr').filter({ hasText: name });

test('what a student does is a mark in the grid', async () => {
  hub(grace).twins.patch('myDevice', { tags: { location: { plant: 'Redmond43' } } });
  await row('Grace').locator('.mark.good').waitFor();
  expect(await page.locator('.class .mark.good').count()).toBe(1);
  await row('<i>Mallory</i>').waitFor();
});

test('a fault is let happen to one student, and to all', async () => {
  await page.getByLabel('Choose Ada').check();
  await page.getByRole('heading', { name: 'Ada', exact: true }).waitFor();
  await page.getByLabel('What goes wrong').selectOption({ label: 'Requests of services are throttled (429)' });
  await page.getByLabel('How often').selectOption({ label: 'until removed' });
  await page.getByRole('button', { name: 'Let it happen' }).click();
  await row('Ada').locator('.pill.warn').waitFor();
  expect(faultsOf()).toEqual([1, 0, 0]);
  expect(hub(ada).faults.list()).toMatchObject([{ match: { operation: 'rest' }, effect: { type: 'throttle' } }]);
  await page.getByLabel('Choose Ada').uncheck();
  await page.getByRole('heading', { name: 'All students' }).waitFor();
  await page.getByRole('button', { name: 'Let it happen' }).click();
  await page.getByText('All students: Requests of services are throttled (429).').waitFor();
  expect(faultsOf()).toEqual([2, 1, 1]);
  await page.getByRole('button', { name: 'Remove faults' }).click();
  await expect.poll(faultsOf).toEqual([0, 0, 0]);
});

test('the time of some students is moved', async () => {
  for (const name of ['Ada', 'Grace']) await page.getByLabel(`Choose ${name}`).check();
  await page.getByRole('heading', { name: '2 students' }).waitFor();
  await page.getByRole('button', { name: '1d' }).click();
  await row('Grace').getByText('2030-01-02').waitFor();
  const day = (index: number) => new Date(hub(index).clock.now()).toISOString().slice(0, 10);
  expect([ada, grace, mallory].map(day)).toEqual(['2030-01-02', '2030-01-02', '2030-01-01']);
  for (const name of ['Ada', 'Grace']) await page.getByLabel(`Choose ${name}`).uncheck();
});

test('one student starts over, and then all do', async () => {
  hub(ada).twins.patch('myDevice', { tags: { location: { plant: 'Redmond43' } } });
  await expect.poll(() => page.locator('.class .mark.good').count()).toBe(2);
  await row('Grace').getByRole('button', { name: 'start over' }).click();
  await expect.poll(() => page.locator('.class .mark.good').count()).toBe(1);
  expect([ada, grace].map((index) => hub(index).twins.get('myDevice').twin.tags)).toEqual([
    { location: { plant: 'Redmond43' } },
    undefined,
  ]);
  await page.getByRole('button', { name: 'Start over', exact: true }).click();
  await expect.poll(() => page.locator('.class .mark.good').count()).toBe(0);
  expect(hub(ada).twins.get('myDevice').twin.tags).toBeUndefined();
});

test('the hub of a student is opened at a click', async () => {
  await row('Ada').getByRole('link', { name: 'Ada' }).click();
  await page.waitForURL('**/hub/ada/overview');
  await page.getByText('Happening now').waitFor();
});

test('a lesson is printed with all steps and programs, and without the rest of the page', async () => {
  const { page: paper, complaints } = await openPage(browser, `${emulator.adminUrl}/hub/localhost/workshop/queries`);
  await paper.getByRole('button', { name: 'Print view' }).click();
  await paper.getByRole('heading', { name: '3 · Tags and queries' }).waitFor();
  expect(await paper.locator('.paper figcaption').allTextContents()).toEqual([
    ...['tag.mjs', 'tag.py', 'query.mjs', 'query.py', 'connectivity.mjs', 'connectivity.py'],
  ]);
  await paper.emulateMedia({ media: 'print' });
  for (const gone of [paper.locator('.frame > .side'), paper.getByRole('button', { name: 'Print', exact: true })])
    expect(await gone.isVisible()).toBe(false);
  expect(complaints).toEqual([]);
  await paper.close();
});

test('a browser that prefers German shows the lesson in German', async () => {
  const context = await browser.newContext({ locale: 'de-AT' });
  const german = (await openPage(context, `${emulator.adminUrl}/hub/localhost/workshop/connect`)).page;
  await german.getByRole('heading', { name: '1 · Ein Gerät verbinden' }).waitFor();
  expect(await german.getByLabel('Steps').getAttribute('lang')).toBe('de');
  await context.close();
});

test('the diagram and the traffic of a student have what went over the wire, and that of others have not', async () => {
  const [own, other] = [hubs[ada], hubs[grace]].map((fork) => fork?.connectionString() ?? '');
  const patch = (string: string | undefined, plant: string) =>
    iothub.Registry.fromConnectionString(string ?? '').updateTwin('myDevice', { tags: { plant } }, '*');
  const { page: hers, complaints } = await openPage(browser, `${emulator.adminUrl}/hub/ada/workshop/queries`);
  await hers.getByText('Your device, live').waitFor();
  await patch(other, 'not-here');
  await patch(own, 'here');
  await hers.locator('.sequence text', { hasText: 'PATCH' }).waitFor();
  expect(await hers.locator('.sequence .exchange').count()).toBe(1);
  await hers.goto(`${emulator.adminUrl}/hub/ada/traffic`);
  await hers.getByText('PATCH', { exact: false }).first().waitFor();
  expect(await hers.locator('main').textContent()).not.toContain('not-here');
  expect(complaints).toEqual([]);
  await hers.close();
});
