import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { launchBrowser, openPage } from './support/browser.ts';
import { startWorld } from './support/world.ts';

test('the files of a device are listed, new ones too, and can be downloaded', async () => {
  await using world = await startWorld();
  const { files, blobs } = world.emulator.hub;
  const browser = await launchBrowser();
  try {
    const { page } = await openPage(browser, `${world.server.url}/hub/localhost/devices/thermostat-07/files`);
    const rows = async () => (await page.locator('tbody tr').allInnerTexts()).map((row) => row.split('\t').slice(0, 4));
    await page.getByText('log-1.txt').waitFor();
    expect(await rows()).toEqual([
      ['thermostat-07/log-1.txt', '2.0 KB', 'uploaded', 'waits for a service app'],
      ['thermostat-07/log-2.txt', '—', 'uploading', '—'],
    ]);
    const { correlationId } = files.begin('thermostat-07', { blobName: 'log-3.txt' }, 'localhost');
    await page.getByText('log-3.txt').waitFor();
    blobs.put('thermostat-07/log-3.txt', Buffer.from('late'), {});
    await files.complete('thermostat-07', { correlationId, isSuccess: true });
    await page.getByRole('link', { name: 'log-3.txt' }).waitFor();

    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'log-1.txt' }).click();
    const got = await download;
    expect(got.suggestedFilename()).toBe('log-1.txt');
    expect(await readFile(await got.path(), 'utf8')).toBe('21.5\n'.repeat(400));
  } finally {
    await browser.close();
  }
});
