import { chmodSync, chownSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { latestRecord, recordEmulator } from '../../emulator/endpoints/emulator-records.ts';
import type { Emulator } from '../../emulator/index.ts';
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
