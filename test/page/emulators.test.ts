import { expect, test, vi } from 'vitest';
import { recordEmulator } from '../../emulator/endpoints/emulator-records.ts';
import { begin, freshFolder } from '../support/programs/command.ts';
import { FREE } from '../support/programs/emulator-in-folder.ts';
import { violationsOf } from './support/browser.ts';
import { worldInBrowser } from './support/world-in-browser.ts';

const { world, open } = worldInBrowser();

test('the other hubs of this machine are listed with their pages, and one is stopped after a second question', async () => {
  const folder = freshFolder();
  vi.stubEnv('TMPDIR', folder);
  const other = begin(['start', ...FREE, '--hostname', 'kitchen.localhost', '--log-format', 'json'], {
    env: { TMPDIR: folder },
  });
  await other.line('"ready"');
  recordEmulator(world().emulator, { adminToken: undefined });
  const page = await open('connect/about');
  const card = page.getByRole('region', { name: 'Hubs on this machine' });
  const row = card.locator('li', { hasText: 'kitchen.localhost' });
  await row.getByText(`process ${other.child.pid} · version `).waitFor();
  await card.locator('li', { hasText: 'this one' }).getByText(`process ${process.pid}`).waitFor();
  expect(await row.getByRole('link').getAttribute('href')).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await violationsOf(page)).toEqual([]);
  await row.getByRole('button').click();
  const dialog = page.getByRole('dialog', { name: 'Stop kitchen.localhost?' });
  await dialog.getByText('It is in memory').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog.count()).toBe(0);
  expect(other.child.exitCode).toBe(null);
  await row.getByRole('button').click();
  await dialog.getByRole('button', { name: 'Stop this hub' }).click();
  await page.getByText(`“kitchen.localhost”, process ${other.child.pid}, was stopped.`).waitFor();
  await expect.poll(() => row.count()).toBe(0);
  expect(await other.ended).toMatchObject({ code: 0 });
  await page.close();
});

test('one with another token has no button, one that does not answer has, and an error is shown', async () => {
  const page = await open('connect');
  const row = { pid: 7, adminUrl: 'http://127.0.0.1:9', isThis: false, canStop: false, problem: 'has another token' };
  const silent = { ...row, pid: 8, canStop: true, problem: 'does not answer' };
  await page.route('**/emulators', (route) => route.fulfill({ json: [row, silent] }));
  await page.goto(page.url().replace(/connect$/, 'connect/about'));
  const card = page.getByRole('region', { name: 'Hubs on this machine' });
  const item = card.locator('li', { hasText: 'process 7' });
  await item.getByText('has another token').waitFor();
  expect(await item.getByRole('button').count()).toBe(0);
  await card.locator('li', { hasText: 'does not answer' }).getByRole('button').click();
  await page.getByRole('dialog').getByText('It does not say whether it is kept').waitFor();
  await page.unroute('**/emulators');
  await page.route('**/emulators', (route) => route.fulfill({ status: 500, json: { error: 'It went wrong.' } }));
  await page.reload();
  await card.getByRole('alert').getByText('It went wrong.').waitFor();
  await page.close();
});
