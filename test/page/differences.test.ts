import { expect, test } from 'vitest';
import { violationsOf } from './support/browser.ts';
import { worldInBrowser } from './support/world-in-browser.ts';

const { open } = worldInBrowser();

const DEVICE = 'devices/thermostat-07';

// what docs/differences.md says of each
const PLACES: readonly (readonly [place: string, title: string, row: RegExp])[] = [
  ['query', 'Queries', /A page has 100 rows if the request does not give a number/],
  ['jobs', 'Jobs', /A job without maxExecutionTimeInSeconds runs for at most an hour/],
  ['configurations', 'Configurations', /Configurations are evaluated after every change/],
  ['routing', 'Routing', /Service Bus and Cosmos DB endpoints are refused/],
  ['messages', 'Messages of devices', /The partition of a device is the FNV-1a hash/],
  ['devices', 'Identities and keys', /Missing keys are computed from the seed/],
  ['traffic', 'Protocols', /PUBREC, PUBREL and PUBCOMP close the connection/],
  [`${DEVICE}/twin`, 'Twins', /An empty reported patch \{\} increases \$version/],
  [`${DEVICE}/methods`, 'Methods', /Ten direct methods may wait/],
  [`${DEVICE}/cloud-to-device`, 'Messages to devices', /Modules have a queue of messages as well/],
  [`${DEVICE}/files`, 'Files', /without --storage files are uploaded to the emulator itself/i],
  ['connect', 'This emulator', /Any host is accepted in tokens/],
];

test.each(PLACES)('beside what %s is for, a mark opens what differs from the service', async (place, title, row) => {
  const page = await open(place);
  await page.getByRole('button', { name: 'differs from Azure' }).first().click();
  const dialog = page.getByRole('dialog', { name: `${title}: differences from Azure` });
  await dialog.locator('li', { hasText: row }).first().waitFor();
  expect(await dialog.textContent()).not.toMatch(/emulator\/hub\/|\]\(|`/);
  if (place === 'query') expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog.count()).toBe(0);
  await page.close();
});

test('tiers are explained beside the options', async () => {
  const page = await open('connect/about');
  await page.getByRole('region', { name: 'Options' }).getByRole('button', { name: 'differs from Azure' }).click();
  await page.getByRole('dialog').getByText('F1 has at most 500 devices and 20 configurations').waitFor();
  await page.close();
});
