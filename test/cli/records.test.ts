import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { latestRecord, recordEmulator } from '../../emulator/endpoints/emulator-records.ts';
import { startOf } from '../../emulator/endpoints/processes.ts';
import { runningEmulators, stopEmulator } from '../../emulator/endpoints/running-emulators.ts';
import type { Emulator } from '../../emulator/index.ts';
import { emulators } from '../../emulator/servers/admin/routes/emulators.ts';
import { freshFolder } from '../support/programs/command.ts';

const emulator = {
  adminUrl: 'http://127.0.0.1:1',
  connectionString: () => 'c',
  eventsConnectionString: () => 'e',
  caFile: undefined,
} as unknown as Emulator; // what a record needs
const record = () => recordEmulator(emulator, { adminToken: 'secret' });

let shared: string;
let runtime: string;

beforeEach(() => {
  const temporary = freshFolder();
  shared = join(temporary, `iothub-emulator-${process.getuid?.() ?? process.env.USERNAME}`);
  runtime = freshFolder();
  vi.stubEnv('TMPDIR', temporary);
  vi.stubEnv('XDG_RUNTIME_DIR', undefined);
  return () => vi.unstubAllEnvs();
});

test('commands find the record of an emulator until it is removed', () => {
  const remove = record();
  expect(latestRecord()).toMatchObject({ pid: process.pid, adminToken: 'secret' });
  remove();
  expect(latestRecord()).toBeUndefined();
});

const FOREIGN: readonly (readonly [string, () => void])[] = [
  ['that others may write', () => chmodSync(shared, 0o777)],
  ['that others may read', () => chmodSync(shared, 0o755)],
  ...(process.getuid?.() === 0 ? [['of another user', () => chownSync(shared, 4711, 4711)] as const] : []),
];

test.skipIf(process.platform === 'win32').each(FOREIGN)(
  'a folder %s gets no token, and none of it is read',
  (_, open) => {
    mkdirSync(shared, { mode: 0o700 });
    open();
    record();
    expect(readdirSync(shared)).toEqual([]);
    writeFileSync(join(shared, '1.json'), JSON.stringify({ pid: process.pid, adminUrl: 'http://127.0.0.1:2' }));
    expect(latestRecord()).toBeUndefined();
    vi.stubEnv('XDG_RUNTIME_DIR', runtime);
    record();
    expect(latestRecord()).toMatchObject({ adminUrl: 'http://127.0.0.1:1', adminToken: 'secret' });
    expect(readdirSync(shared)).toEqual(['1.json']);
  },
);

test.skipIf(process.platform === 'win32')('a link to a private folder is not followed', () => {
  const target = freshFolder();
  symlinkSync(target, shared);
  record();
  expect([readdirSync(target), latestRecord()]).toEqual([[], undefined]);
});

test('a file that is not a record, or has just gone, hides no other', () => {
  record();
  writeFileSync(join(shared, 'empty.json'), '');
  writeFileSync(join(shared, 'null.json'), 'null');
  symlinkSync(join(shared, 'nothing'), join(shared, 'gone.json'));
  expect(latestRecord()).toMatchObject({ pid: process.pid });
});

const write = (known: { readonly pid: number; readonly [member: string]: unknown }): void =>
  writeFileSync(join(shared, `${known.pid}.json`), JSON.stringify({ adminUrl: 'http://127.0.0.1:2', ...known }), {
    mode: 0o600,
  });

test('the next start removes the records of emulators that were killed; reading removes none', async () => {
  mkdirSync(shared, { mode: 0o700 });
  const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(dead, 'exit');
  write({ pid: dead.pid ?? 0 });
  expect(latestRecord()).toBeUndefined();
  expect(readdirSync(shared)).toEqual([`${dead.pid}.json`]);
  record();
  expect(readdirSync(shared)).toEqual([`${process.pid}.json`]);
});

test('a process of another user is not an emulator of this one', () => {
  record();
  vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
  });
  expect(latestRecord()).toBeUndefined();
  vi.restoreAllMocks();
});

/** A server that never answers, in the place of an emulator. */
const silentServer = async () => {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer(({ headers }) => void asked.push(headers));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { adminUrl: `http://127.0.0.1:${port}`, asked, [Symbol.dispose]: close };
};

/** A process that goes on until it is ended. */
const sleeper = () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
  return { child, pid: child.pid ?? 0, [Symbol.dispose]: () => void child.kill('SIGKILL') };
};

test.runIf(process.platform === 'linux')(
  'a process that has the number of a killed emulator gets no token',
  async () => {
    mkdirSync(shared, { mode: 0o700 });
    using server = await silentServer();
    write({ pid: process.pid, adminUrl: server.adminUrl, adminToken: 'secret', processStart: '1' });
    expect(await runningEmulators()).toEqual([]);
    expect(server.asked).toEqual([]);
  },
);

test('an emulator that does not answer is ended only if its process is certain', async () => {
  mkdirSync(shared, { mode: 0o700 });
  using server = await silentServer();
  using process = sleeper();
  const { pid, child } = process;
  const { adminUrl } = server;
  const row = { pid, adminUrl, isThis: false, problem: 'does not answer' };
  write({ pid, adminUrl });
  expect(await runningEmulators()).toEqual([{ ...row, canStop: false }]);
  await expect(stopEmulator(pid, adminUrl)).rejects.toMatchObject({ code: 'GenericConflict' });
  expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  if (startOf(pid) === undefined) return; // the machine does not say
  write({ pid, adminUrl, processStart: startOf(pid) });
  expect(await runningEmulators()).toEqual([{ ...row, canStop: true }]);
  const ended = once(child, 'exit');
  await stopEmulator(pid, adminUrl);
  expect(await ended).toEqual([null, 'SIGTERM']);
});

test('what goes wrong besides is not called a process that goes on', async () => {
  const refused = new Error('kill EPERM');
  const [, stop] = emulators({ list: async () => [], stop: () => Promise.reject(refused) });
  const call = {
    params: { pid: '7' },
    query: {},
    body: { adminUrl: 'http://127.0.0.1:2' },
    headers: {},
    gone: () => false,
  };
  expect(stop?.operation).toBe('POST /emulators/:pid/stop');
  await expect(async () => stop?.run(call)).rejects.toBe(refused);
});
