import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { violationsOf } from './support/browser.ts';
import { worldInBrowser } from './support/world-in-browser.ts';

const { world, open } = worldInBrowser();

beforeAll(async () => {
  const { hub } = world().emulator;
  const { version } = hub.twins.get('thermostat-20').twin;
  expect(version).toBeGreaterThan(1);
  hub.twins.patch('thermostat-20', { tags: { floor: 4 } });
  hub.twins.report('thermostat-20', { celsius: 20 });
  hub.twins.report('thermostat-20', { celsius: 21 });
});

const versionsOf = (page: Page) => page.getByRole('region', { name: 'Versions' }).locator('li');

test('each version says when, by whom, and what has changed; the list follows the twin', async () => {
  const page = await open('devices/thermostat-20/history');
  const newest = versionsOf(page).first();
  await newest.getByText('20 → 21').waitFor();
  expect(await newest.textContent()).toMatch(/^\d+reported celsius 20 → 21\d\d:\d\d:\d\d · device thermostat-20$/);
  world().emulator.hub.twins.report('thermostat-20', { celsius: 22 });
  await versionsOf(page).first().getByText('21 → 22').waitFor();
  await page.getByRole('button', { name: 'tags', exact: true }).click();
  await versionsOf(page).first().getByText('3 → 4').waitFor();
  expect(new URL(page.url()).search).toBe('?part=tags');
  await page.close();
});

test('any two versions are compared, and the address says which', async () => {
  const { history } = world().emulator.hub;
  const versions = history.list('thermostat-20');
  const [first, tagged] = [versions[0]?.number, versions.find(({ member }) => member?.twin.tags?.floor === 4)?.number];
  const page = await open(`devices/thermostat-20/history?version=${versions.at(-1)?.number}&against=${first}`);
  const differences = page.getByRole('list', { name: 'Differences' });
  await differences.getByText('→ 22').waitFor();
  await page.getByLabel('against').selectOption(String(tagged));
  await expect.poll(() => differences.locator('li').count()).toBe(1);
  expect(await differences.textContent()).toBe('reported celsius → 22');
  expect(new URL(page.url()).searchParams.get('against')).toBe(String(tagged));
  await page.close();
});

test('the twin is shown as of a version, a time or an event, and a moment that is not kept is told', async () => {
  const { history } = world().emulator.hub;
  const [oldest] = history.list('thermostat-20');
  const tagged = history.list('thermostat-20').find(({ member }) => member?.twin.tags?.floor === 4);
  const page = await open('devices/thermostat-20/history');
  const tree = page.getByRole('list', { name: 'The twin as it was' });
  await tree.getByText('22').waitFor();
  await page.getByRole('button', { name: String(tagged?.number), exact: true }).click();
  await page.getByText(`The twin as of version ${tagged?.number}`).waitFor();
  await expect.poll(() => tree.getByText('22').count()).toBe(0);
  const moment = page.getByLabel('As of: a time, or the number of an event');
  await moment.fill(String((tagged?.event ?? 0) + 1));
  await moment.press('Enter');
  await page.getByText(`The twin as of ${(tagged?.event ?? 0) + 1}`).waitFor();
  await tree.getByText('20', { exact: true }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await moment.fill('1999-01-01T00:00:00Z');
  await moment.press('Enter');
  await page.getByText(/The history of the hub begins with event \d+/).waitFor();
  expect(oldest?.number).toBe(1);
  await page.goBack();
  await tree.getByText('20', { exact: true }).waitFor();
  await page.close();
});

test('the place History shows the latest changes of all twins, who made them, and leads to the version of one', async () => {
  const { hub } = world().emulator;
  const page = await open('history');
  const lines = page.getByRole('list', { name: 'Versions' }).locator('li');
  await lines.first().waitFor();
  hub.registry.create({ deviceId: 'brand-new' }, {});
  await lines.first().getByText('created').waitFor();
  hub.actors.as({ kind: 'policy', id: 'service' }, () => hub.twins.patch('thermostat-21', { tags: { floor: 9 } }));
  const newest = lines.first();
  await newest.getByText('by policy service').waitFor();
  expect(await newest.textContent()).toMatch(/thermostat-21version \d+by policy servicetags floor .*→ 9/);
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'reported', exact: true }).click();
  await expect.poll(() => page.getByRole('link', { name: 'thermostat-21', exact: true }).count()).toBe(0);
  await page.getByRole('button', { name: 'reported', exact: true }).click();
  await page.getByLabel('Search in ids, authors and paths').fill('POLICY');
  await expect.poll(() => lines.count()).toBe(1);
  expect(new URL(page.url()).searchParams.get('q')).toBe('POLICY');
  await page.getByRole('link', { name: 'thermostat-21' }).click();
  await page.getByRole('region', { name: 'Compare two versions' }).getByText('→ 9').waitFor();
  expect(new URL(page.url()).pathname).toBe('/hub/localhost/devices/thermostat-21/history');
  await page.close();
});

test('the place History goes on to all devices of an import, keeps them when new changes come, and begins again after a reset', async () => {
  const { hub, ...emulator } = world().emulator;
  const page = await open('history');
  const lines = page.getByRole('list', { name: 'Versions' }).locator('li');
  await lines.first().waitFor();
  const devices = Array.from({ length: 150 }, (_, n) => ({ deviceId: `imported-${100 + n}` }));
  await fetch(`${emulator.adminUrl}/import?mode=merge`, { method: 'POST', body: JSON.stringify({ devices }) });
  await lines.getByText('imported-199', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Older ones' }).click();
  await lines.getByText('imported-249', { exact: true }).waitFor();
  hub.twins.report('imported-249', { celsius: 20 });
  await lines.first().getByText('celsius').waitFor();
  const shown = await lines.locator('a').allTextContents();
  expect(shown.filter((id) => id.startsWith('imported-'))).toEqual([
    'imported-249',
    ...devices.map(({ deviceId }) => deviceId),
  ]);
  await fetch(`${emulator.adminUrl}/reset`, { method: 'POST' });
  await expect.poll(() => lines.getByText('imported-').count()).toBe(0);
  hub.registry.create({ deviceId: 'after-reset' }, {});
  await lines.first().getByText('after-reset').waitFor();
  expect(await lines.getByText('imported-').count()).toBe(0);
  await page.close();
});
