import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { begin, freshFolder, run } from '../support/programs/command.ts';

const PORTS = ['--https-port', '0', '--mqtt-port', '0', '--amqp-port', '0', '--admin-port', '0'];

test('a class has a page on which each student finds strings, fingerprint and steps', async () => {
  const cwd = freshFolder();
  writeFileSync(join(cwd, 'names.txt'), 'Ada Lovelace\n<b>Grace</b>\n\nADA lovelace\n');
  const running = begin(
    ['class', ...PORTS, '--names', 'names.txt', '--lesson', 'queries', '--admin-token', 'chalk', '--ca-dir', 'ca'],
    { cwd },
  );
  const port = /:(\d+)\/join/.exec(await running.line('/join'))?.[1];
  const [, fingerprint] = (await running.line('SHA-256')).trim().split(/SHA-256 /);
  const read = async (path: string, token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return { status: response.status, text: await response.text() };
  };

  const joining = await read('/join');
  expect(joining.text).toContain('<svg');
  expect([...joining.text.matchAll(/href="\/join\/([^"]+)">([^<]+)/g)].map(([, ...found]) => found)).toEqual([
    ['ada-lovelace', 'Ada Lovelace'],
    ['b-grace-b', '&lt;b&gt;Grace&lt;/b&gt;'],
    ['ada-lovelace-3', 'ADA lovelace'],
  ]);
  const pages = await Promise.all(['ada-lovelace', 'b-grace-b'].map((hub) => read(`/join/${hub}`)));
  for (const { text } of pages) expect(text).toContain(`<code>${fingerprint}</code>`);
  const strings = pages.map(({ text }) => /IOTHUB_CONNECTION_STRING=&#39;(HostName=[^&]+)/.exec(text)?.[1]);
  expect(new Set(strings).size).toBe(2);
  expect(pages[0]?.text).toContain('<h2>1 Tag your device</h2>');

  expect((await read('/class')).status).toBe(401);
  expect(JSON.parse((await read('/class', 'chalk')).text)).toMatchObject({
    lesson: '3 · Tags and queries',
    students: [{ name: 'Ada Lovelace', hub: 'ada-lovelace', isHere: false, done: [false, false, false] }, {}, {}],
  });
  running.child.kill('SIGTERM');
  expect(await running.ended).toMatchObject({ code: 0 });
});

test('a lesson sets what its steps need, and a tier that was given stays', async () => {
  const notesWith = async (...flags: string[]) => {
    const running = begin(['class', ...PORTS, '--students', '1', '--lesson', 'failures', ...flags], {
      cwd: freshFolder(),
    });
    const line = await running.line('SDK faults: ON');
    running.child.kill('SIGTERM');
    await running.ended;
    return line;
  };
  expect(await notesWith()).toContain('S1');
  expect(await notesWith('--tier', 'S2')).toContain('S2');
});

test.each([
  [[], 'Say how many students there are: --students 30, or --names FILE'],
  [['--students', '0'], 'It must be a number from 1 to 200.'],
  [['--names', 'nowhere.txt'], 'The names cannot be read'],
  [['--students', '2', '--lesson', 'x', ...PORTS], 'There is no lesson x; there is connect, reported, queries'],
])('a class that cannot begin says why: %j', async (flags, expected) => {
  const { code, stderr } = await run(['class', ...flags], { cwd: freshFolder() });
  expect(stderr).toContain(expected);
  expect(code).toBe(2);
});
