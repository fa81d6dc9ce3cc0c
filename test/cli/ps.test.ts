import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { begin, freshFolder, type Running, run } from '../support/programs/command.ts';
import { FREE } from '../support/programs/emulator-in-folder.ts';

const env = { TMPDIR: freshFolder() };
const records = join(env.TMPDIR, `iothub-emulator-${process.getuid?.() ?? process.env.USERNAME}`);
const say = (...args: string[]) => run(args, { env });

interface Row {
  readonly pid: number;
  readonly name?: string;
  readonly adminUrl: string;
  readonly isThis?: boolean;
}

const listed = async (): Promise<readonly Row[]> => JSON.parse((await say('ps', '--json')).stdout);
const pidOf = ({ child }: Running): number => child.pid ?? 0;
const start = async (...flags: string[]): Promise<Running> => {
  const emulator = begin(['start', ...FREE, '--log-format', 'json', ...flags], { env });
  await emulator.line('"ready"');
  return emulator;
};

let first: Running;
let second: Running;
beforeAll(async () => {
  first = await start('--hostname', 'first.localhost', '--admin-token', 'grüße');
  second = await start('--hostname', 'second.localhost');
});
afterAll(() => {
  for (const { child } of [first, second]) child.kill();
});

const rowOf = async (emulator: Running): Promise<Row> => {
  const row = (await listed()).find(({ pid }) => pid === pidOf(emulator));
  if (row === undefined) throw new Error('It is not listed');
  return row;
};

test('ps lists the hubs of this machine, the latest first, and leaves out those that were killed', async () => {
  const dead = begin(['--version']);
  await dead.ended;
  writeFileSync(join(records, '1.json'), JSON.stringify({ pid: pidOf(dead), adminUrl: 'http://127.0.0.1:1' }));
  const own = JSON.stringify({ pid: process.pid, adminUrl: (await rowOf(second)).adminUrl });
  writeFileSync(join(records, '2.json'), own); // a process of this number that is not a hub
  expect((await listed()).map(({ pid, name }) => [pid, name])).toEqual([
    [pidOf(second), 'second.localhost'],
    [pidOf(first), 'first.localhost'],
  ]);
  expect(readdirSync(records)).toContain('1.json'); // another command may read it now
  expect((await say('ps')).stdout).toMatch(
    /^pid +name +version +started +page +ports +data\n[- ]+\n\d+ +second\.localhost /,
  );
});

const TOKEN = { authorization: `Bearer ${Buffer.from('grüße').toString('latin1')}` };

test('a hub lists the others and says which one it is; of one with another token it shows the address only', async () => {
  const { adminUrl } = await rowOf(second);
  const { adminUrl: other } = await rowOf(first);
  const text = await (await fetch(`${adminUrl}/emulators`)).text();
  expect(JSON.parse(text)).toEqual([
    expect.objectContaining({ pid: pidOf(second), name: 'second.localhost', isThis: true, canStop: true }),
    { pid: pidOf(first), adminUrl: other, isThis: false, canStop: false, problem: 'has another token' },
  ]);
  expect(text).not.toMatch(/gr\u00fc|SharedAccessKey/i);
  expect(await (await fetch(`${other}/emulators`, { headers: TOKEN })).json()).toEqual([
    expect.objectContaining({ pid: pidOf(second), name: 'second.localhost', isThis: false, canStop: true }),
    expect.objectContaining({ pid: pidOf(first), name: 'first.localhost', isThis: true, canStop: true }),
  ]);
});

const stop = (adminUrl: string, pid: number, body: unknown, headers = {}) =>
  fetch(`${adminUrl}/emulators/${pid}/stop`, { method: 'POST', body: JSON.stringify(body), headers });

test('only what is listed can be ended, with its address, and not by pages of others', async () => {
  const { adminUrl } = await rowOf(second);
  const { adminUrl: other, pid } = await rowOf(first);
  const answers = [
    await stop(adminUrl, process.pid, { adminUrl }),
    await stop(adminUrl, pid, { adminUrl }),
    await stop(adminUrl, pid, {}),
    await stop(adminUrl, pid, { adminUrl: other }, { origin: 'http://evil.example' }),
    await stop(other, pid, { adminUrl: other }), // it has a token
    await stop(`${adminUrl}/hubs/none`, pid, { adminUrl: other }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 400, 403, 401, 404]);
  expect(await listed()).toHaveLength(2);
});

test('a hub does not end one with a token that its caller has not given', async () => {
  const { adminUrl: other, pid } = await rowOf(first);
  const { adminUrl } = await rowOf(second);
  const answer = await stop(adminUrl, pid, { adminUrl: other });
  expect([answer.status, await answer.json()]).toEqual([
    403,
    {
      error: `The emulator at ${other} has a token, and this one has another or none`,
      code: 'GenericForbidden',
      hint: `End it on its own page, or with \`iothub-emulator stop ${pid}\``,
    },
  ]);
  expect(await listed()).toHaveLength(2);
});

test('one hub ends another, then itself, each as a signal ends it', async () => {
  const { adminUrl: other, pid } = await rowOf(first);
  const { adminUrl } = await rowOf(second);
  expect((await stop(other, pidOf(second), { adminUrl }, TOKEN)).status).toBe(204);
  expect(await second.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('"stopped"') });
  expect((await stop(other, pid, { adminUrl: other }, TOKEN)).status).toBe(204);
  expect(await first.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('"stopped"') });
  expect(await listed()).toEqual([]);
});

test('stop ends the hub with the number that ps lists, and no other', async () => {
  const [one, two] = [await start(), await start()];
  expect(await say('stop', String(process.pid))).toMatchObject({ code: 3 });
  expect(await say('stop', 'all')).toMatchObject({ code: 2 });
  expect(await say('stop', String(pidOf(one)))).toMatchObject({ code: 0, stderr: expect.stringContaining('Stopped') });
  await one.ended;
  expect((await listed()).map(({ pid }) => pid)).toEqual([pidOf(two)]);
  expect(await say('stop', '--all')).toMatchObject({ code: 0 });
});
