import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { connect } from './support/world.ts';
import { worldInBrowser } from './support/world-in-browser.ts';

const { world, browser, open } = worldInBrowser();

/** The page shows a text after `act`, without being asked to; how soon is measured for each of its places. */
const showsAfter = async (page: Page, act: () => Promise<unknown>, text: string): Promise<void> => {
  await act();
  await expect.poll(() => page.locator('body').textContent()).toContain(text);
};

test('what a device of Microsoft’s SDK reports is seen by itself, with what it was before', async () => {
  const page = await open('devices/thermostat-07/twin');
  await page.getByText('"applying"').first().waitFor();
  const twin = await world().clients.get('thermostat-07')?.getTwin();
  const report = () =>
    new Promise((done) => twin?.properties.reported.update({ firmware: { status: 'rebooting' } }, done));
  await showsAfter(page, report, '"rebooting"');
  await expect.poll(() => page.locator('.leaf.old').textContent()).toContain('"applying"');
  await page.close();
});

test('a device that connects is seen by itself', async () => {
  const page = await open('devices?q=thermostat-20');
  await page.locator('.grid .line').waitFor();
  await showsAfter(page, () => connect(world().emulator, 'thermostat-20'), 'MQTT');
  await page.close();
});

test('a method called here is answered by the device, and a failure is explained', async () => {
  const page = await open('devices/thermostat-11/methods');
  await page.getByLabel('Method name').fill('reboot');
  await page.getByRole('button', { name: 'Call' }).click();
  await page.getByText('The device answered 200').waitFor();
  await page.getByText('"rebooting": true').waitFor();
  await page.goto(`${world().server.url}/hub/localhost/devices/thermostat-09/methods`);
  await page.getByLabel('Method name').fill('reboot');
  await page.getByRole('button', { name: 'Call' }).click();
  await page
    .getByText(/The device is not connected, or does not listen to methods/)
    .first()
    .waitFor();
  await page.close();
});

test('a live query follows the twins', async () => {
  const sql = 'SELECT deviceId FROM devices WHERE properties.reported.door = 1';
  const page = await open(`query?sql=${encodeURIComponent(sql)}&live=yes`);
  await page.getByText('No row fits.').waitFor();
  world().emulator.hub.twins.report('thermostat-15', { door: 1 });
  await page.locator('.grid').getByText('thermostat-15').waitFor();
  world().emulator.hub.twins.report('thermostat-15', { door: 2 });
  await page.getByText('No row fits.').waitFor();
  await page.close();
});

test('traffic comes as it happens', async () => {
  const page = await open('traffic');
  await page.getByText('Refused lately').waitFor();
  const twin = await world().clients.get('thermostat-03')?.getTwin();
  const report = () => new Promise((done) => twin?.properties.reported.update({ traffic: 'seen' }, done));
  await showsAfter(page, report, '{"traffic":"seen"}');
  const bad = () => new Promise((done) => twin?.properties.reported.update({ 'not.allowed': 1 }, done));
  await showsAfter(page, bad, 'Error in Property/Tag not.allowed');
  await page.locator('.refusals a').first().click();
  await page.locator('.side-view').getByText('$iothub/twin/res/400').waitFor();
  await page.close();
});

test('lost events are told, and everything shown is loaded again', async () => {
  const page = await open('overview');
  await page.getByText('Happening now').waitFor();
  world().server.emit('missed', { type: 'missed', count: 1234 });
  await page.getByText('1,234 events were missed.').waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.close();
});

test('a fault and the time are marked on every screen, and the marks lead to where they are changed', async () => {
  const page = await open('query');
  await page.locator('[data-mark=clock]').getByText('virtual clock').waitFor();
  await page.locator('[data-mark=faults]').click();
  await page.getByRole('button', { name: 'Remove all' }).click();
  await expect.poll(() => page.locator('[data-mark=faults]').count()).toBe(0);
  expect(world().emulator.hub.faults.list()).toEqual([]);
  await page.getByLabel('A token is refused').check();
  await page.getByLabel('Device (* is any text)').fill('thermostat-*');
  await page.getByRole('button', { name: 'Let it happen' }).click();
  await page.locator('[data-mark=faults]').waitFor();
  expect(world().emulator.hub.faults.list()).toMatchObject([
    { match: { operation: 'connect', device: 'thermostat-*', times: 1 }, effect: { type: 'error' } },
  ]);
  world().emulator.hub.faults.clear();
  await page.close();
});

test('devices are created, tagged and deleted', async () => {
  const page = await open('devices?new=yes');
  await page.getByLabel('Device id, or several such as d1..d30').fill('new1..new5');
  await page.getByLabel('Tags (optional)').fill('{"line": 7}');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('5 devices created.').waitFor();
  await page.goto(`${world().server.url}/hub/localhost/devices?q=${encodeURIComponent('tags.line = 7')}`);
  await expect.poll(() => page.locator('.grid .line').count()).toBe(5);
  await page.getByLabel('Select all that are shown').check();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('5 devices deleted.').waitFor();
  expect(world().emulator.hub.registry.find('new3')).toBeUndefined();
  await page.close();
});

test('a snapshot is taken and brought back', async () => {
  const page = await open('snapshots');
  await page.getByLabel('Name of the snapshot').fill('before');
  await page.getByRole('button', { name: 'Take a snapshot' }).click();
  await page.locator('td', { hasText: 'before' }).waitFor();
  world().emulator.hub.twins.patch('thermostat-02', { tags: { floor: 99 } });
  await page.getByRole('button', { name: 'Go back to it' }).click();
  await page.getByText('The hub is as in “before”.').waitFor();
  expect(world().emulator.hub.fleet.get('thermostat-02').twin.tags).toMatchObject({ floor: 3 });
  await page.close();
});

test('a job is scheduled and followed to its end', async () => {
  const page = await open('jobs/new');
  await page.getByLabel('Condition').fill("deviceId IN ['thermostat-01', 'thermostat-02']");
  await page.getByText('Hits 2 now').waitFor();
  await page.getByRole('button', { name: 'Schedule' }).click();
  await page.getByRole('heading', { name: /^Job / }).waitFor();
  await page.getByText('The hub’s clock stands still').waitFor();
  const body = JSON.stringify({ by: '5m' });
  await fetch(`${world().emulator.adminUrl}/clock/advance`, { method: 'POST', body });
  await page.getByText('2 of 2').waitFor();
  await page.close();
});

test('a token that is made here is one that the hub takes', async () => {
  const page = await open('connect/tokens');
  await page
    .getByLabel('Connection string of a policy, a device or a module')
    .fill(world().emulator.connectionString());
  await page.getByRole('button', { name: 'Make a token' }).click();
  const token = await page.locator('.copy-line code').textContent();
  expect(token).toMatch(/^SharedAccessSignature sr=.*&skn=iothubowner&se=\d+$/);
  await page.getByLabel('Token', { exact: true }).fill(token ?? '');
  await page.getByText('policy', { exact: false }).first().waitFor();
  await page.close();
});

test('a token is asked for once where the emulator asks for one', async () => {
  const page = await browser().newPage();
  await page.route('**/info', (route) =>
    route.fulfill({ status: 401, json: { error: 'The token of the admin server is needed' } }),
  );
  await page.goto(world().server.url);
  await page.getByLabel('Token').waitFor();
  await page.close();
});
