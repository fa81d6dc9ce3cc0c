import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { begin, freshFolder, run } from '../support/programs/command.ts';

const START = ['start', '--https-port', '0', '--mqtt-port', '0', '--amqp-port', '0', '--admin-port', '0'];

/** An environment in which `xdg-open` writes its arguments to a file, and ends with `code`. */
const withOpener = (code: number) => {
  const folder = freshFolder();
  const opened = join(folder, 'opened');
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\nprintf %s "$*" > '${opened}'\nexit ${code}\n`);
  chmodSync(join(folder, 'xdg-open'), 0o755);
  return { env: { PATH: [folder, process.env.PATH].join(delimiter) }, opened };
};

test.runIf(process.platform === 'linux')('--open opens the address of the page in the browser', async () => {
  const { env, opened } = withOpener(0);
  const emulator = begin([...START, '--open'], { env });
  const line = await emulator.line('Page');
  await expect.poll(() => existsSync(opened) && readFileSync(opened, 'utf8')).toBe(line.trim().split(/\s+/)[1]);
  emulator.child.kill('SIGTERM');
  expect(await emulator.ended).toMatchObject({ code: 0, stderr: '' });
});

test.runIf(process.platform === 'linux')('a browser that does not open does not end the hub', async () => {
  const { env, opened } = withOpener(3);
  const emulator = begin([...START, '--open'], { env });
  const [, address] = (await emulator.line('Page')).trim().split(/\s+/);
  await expect.poll(() => existsSync(opened)).toBe(true);
  expect((await fetch(`${address}/health`)).status).toBe(200);
  emulator.child.kill('SIGTERM');
  expect(await emulator.ended).toMatchObject({
    code: 0,
    stderr: `No browser was opened (xdg-open ended with 3): open ${address} yourself\n`,
  });
});

test('--no-page leaves the admin API, without the page and without what only the page asks', async () => {
  const emulator = begin([...START, '--no-page']);
  const [, address] = (await emulator.line('Admin')).trim().split(/\s+/);
  const statuses = ['/', '/hub/localhost', '/service/devices?api-version=2021-04-12', '/info'].map(
    async (path) => (await fetch(`${address}${path}`)).status,
  );
  expect(await Promise.all(statuses)).toEqual([404, 404, 404, 200]);
  emulator.child.kill('SIGTERM');
  expect(await emulator.ended).toMatchObject({ code: 0, stdout: expect.not.stringContaining('Page') });
});

test('--open without the page is a usage error', async () => {
  expect(await run([...START, '--open', '--no-page'])).toMatchObject({
    code: 2,
    stderr: '--open opens the page, which is off\n',
  });
});
