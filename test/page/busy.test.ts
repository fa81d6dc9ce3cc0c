import { expect, test } from 'vitest';
import { worldInBrowser } from './support/world-in-browser.ts';

const { world, open } = worldInBrowser();

/** Reports in one turn of the hub; the page asks for 100 events of a type in 100 ms. */
const burst = (times: number): void => {
  for (let n = 1; n <= times; n++) world().emulator.hub.twins.report('thermostat-15', { n });
};

test('what comes too fast for a list is said there, and is in the chart and in the twin', async () => {
  const page = await open('overview');
  await fetch(`${world().emulator.adminUrl}/clock/advance`, { method: 'POST', body: JSON.stringify({ by: '60s' }) });
  burst(1_200);
  await page
    .getByText('1,100 more not shown')
    .and(page.getByTitle('They came faster than the page asks for; charts and counts have them.', { exact: true }))
    .waitFor();
  // the second that has begun, with the four around it as far as they are there: (400 + 300 + 240) / 10
  await page.getByText('94/s').waitFor();
  await page.close();
  const twin = await open('devices/thermostat-15/twin');
  await twin.getByText('1200', { exact: true }).first().waitFor();
  burst(1_500);
  await twin.getByText('1500', { exact: true }).first().waitFor();
  expect(await twin.getByText('missed').count()).toBe(0);
  await twin.close();
});

test('traffic says what it does not show, and loads it', async () => {
  const page = await open('traffic');
  await page.getByText('Refused lately').waitFor();
  world().server.emit('missed', { type: 'missed', count: 40, types: { traffic: 40 } });
  await page
    .getByText('40 more not shown')
    .and(page.getByTitle('They came faster than the page asks for.', { exact: true }))
    .waitFor();
  await page.getByRole('button', { name: 'load', exact: true }).click();
  await expect.poll(() => page.getByText('more not shown').count()).toBe(0);
  await page.close();
});
