import { expect, test } from 'vitest';
import { STORE_BYTES } from '../../../emulator/hub/files/blobs.ts';
import { StorageError } from '../../../emulator/hub/files/storage-error.ts';
import { Snapshots } from '../../../emulator/hub/snapshots/snapshots.ts';
import { newFilesHub } from '../../support/hub/files.ts';

// https://learn.microsoft.com/rest/api/storageservices/operations-on-block-blobs

const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);
const contentOf = ({ content }: { readonly content: readonly Uint8Array[] }): string =>
  content.map((piece) => new TextDecoder().decode(piece)).join('|');
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof StorageError) return error.code;
    throw error;
  }
  return 'ok';
};
const latest = (...ids: string[]) => ids.map((id) => ({ kind: 'Latest' as const, id }));
const [ONE, TWO] = ['MDAx', 'MDAy'];

const DAY = 24 * 3_600_000;

test('a blob is made of blocks in the order of the list', () => {
  const { blobs } = newFilesHub();
  blobs.putBlock('b', TWO, bytes('world'));
  blobs.putBlock('b', ONE, bytes('hello '));
  expect(blobs.find('b')).toBeUndefined();
  expect(contentOf(blobs.putBlockList('b', latest(ONE, TWO, ONE), {}))).toBe('hello |world|hello ');
  expect(blobs.properties('b')).toEqual({ size: 17, modifiedAt: Date.parse('2026-01-01T00:00:00Z') });
});

test('a list keeps old blocks and takes new ones', () => {
  const { blobs } = newFilesHub();
  blobs.putBlock('b', ONE, bytes('1'));
  blobs.putBlockList('b', latest(ONE), {});
  blobs.putBlock('b', ONE, bytes('new'));
  const list = [
    { kind: 'Committed' as const, id: ONE },
    { kind: 'Uncommitted' as const, id: ONE },
    { kind: 'Latest' as const, id: ONE },
  ];
  expect(contentOf(blobs.putBlockList('b', list, {}))).toBe('1|new|new');
  expect(codeOf(() => blobs.putBlockList('b', [{ kind: 'Uncommitted', id: ONE }], {}))).toBe('InvalidBlockList');
});

test('a list of unknown blocks changes nothing', () => {
  const { blobs } = newFilesHub();
  const before = blobs.put('b', bytes('old'), {});
  expect(codeOf(() => blobs.putBlockList('b', latest(ONE), {}))).toBe('InvalidBlockList');
  expect(blobs.find('b')).toBe(before);
});

test('each write has a tag of its own', () => {
  const { blobs } = newFilesHub();
  const tags = [blobs.put('a', bytes(''), {}), blobs.put('a', bytes(''), {})].map(({ etag }) => etag);
  expect(tags).toEqual([expect.stringMatching(/^"0x[0-9A-F]{16}"$/), expect.stringMatching(/^"0x[0-9A-F]{16}"$/)]);
  expect(tags[0]).not.toBe(tags[1]);
});

test.each([
  ['not base64', 'a b='],
  ['empty', ''],
  ['too long', 'A'.repeat(92)],
  ['too long by a byte', `${'A'.repeat(87)}=`],
])('the id of a block that is %s is refused', (_, id) => {
  expect(codeOf(() => newFilesHub().blobs.putBlock('b', id, bytes('x')))).toBe('InvalidBlockId');
});

// https://learn.microsoft.com/rest/api/storageservices/put-block-list#remarks
test('blocks that come in no list are kept for a week after the last one', () => {
  const { blobs, clock } = newFilesHub();
  const { free } = blobs;
  blobs.putBlock('b', ONE, bytes('x'));
  clock.advance(DAY);
  blobs.putBlock('b', ONE, bytes('y'));
  clock.advance(7 * DAY - 1);
  expect(blobs.free).toBeLessThan(free);
  clock.advance(1);
  expect(blobs.free).toBe(free);
});

test('the ids of a blob have the same length', () => {
  const { blobs } = newFilesHub();
  blobs.putBlock('b', ONE, bytes('x'));
  expect(codeOf(() => blobs.putBlock('b', 'MDAxMDAx', bytes('x')))).toBe('InvalidBlobOrBlock');
});

test('a blob has no more blocks than the service allows', () => {
  const { blobs } = newFilesHub();
  const idOf = (index: number): string => btoa(String(index).padStart(6, '0'));
  for (let index = 0; index < 100_000; index++) blobs.putBlock('b', idOf(index), bytes(''));
  expect(codeOf(() => blobs.putBlock('b', idOf(100_000), bytes('')))).toBe('BlockCountExceedsLimit');
  const ids = Array.from({ length: 50_001 }, (_, index) => idOf(index));
  expect(codeOf(() => blobs.putBlockList('b', latest(...ids), {}))).toBe('BlockListTooLong');
  expect(blobs.putBlockList('b', latest(...ids.slice(1)), {}).blockIds).toHaveLength(50_000);
});

test('the store is never larger than its limit', () => {
  const { blobs } = newFilesHub();
  const quarter = new Uint8Array(STORE_BYTES / 4);
  for (const name of ['a', 'b', 'c']) blobs.put(name, quarter, {});
  expect(codeOf(() => blobs.put('d', quarter, {}))).toBe('RequestBodyTooLarge'); // a blob is more than its bytes
  expect(codeOf(() => blobs.putBlock('d', ONE, quarter))).toBe('RequestBodyTooLarge');
  expect(blobs.find('d')).toBeUndefined();
  blobs.put('c', bytes('small'), {});
  blobs.put('d', quarter, {});
  for (const name of ['a', 'b', 'c', 'd']) blobs.delete(name);
  expect(blobs.free).toBe(STORE_BYTES);
  expect(codeOf(() => blobs.delete('a'))).toBe('BlobNotFound');
});

test('snapshots and resets take blobs, blocks and uploads back', () => {
  const { hub, blobs, files, begin, clock } = newFilesHub();
  blobs.put('kept', bytes('1'), {});
  blobs.putBlock('b', ONE, bytes('block'));
  const { correlationId } = begin('a');
  const snapshots = new Snapshots(hub);
  const { free } = blobs;
  clock.advance(30 * 60_000);
  blobs.put('kept', bytes('changed'), {});
  blobs.put('more', bytes('2'), {});
  blobs.dropBlocks('b');
  begin('b');
  snapshots.reset();
  expect([...blobs.entries()].map(({ key, value }) => [key, contentOf(value)])).toEqual([['kept', '1']]);
  expect(contentOf(blobs.putBlockList('b', latest(ONE), {}))).toBe('block');
  blobs.delete('b');
  blobs.putBlock('b', ONE, bytes('block'));
  expect(blobs.free).toBe(free);
  expect(files.list().map((upload) => [upload.correlationId, upload.expiresAt])).toEqual([
    [correlationId, Date.parse('2026-01-01T01:30:00Z')], // an hour after the snapshot, as it was before
  ]);
  clock.advance(60 * 60_000);
  expect(files.list()).toEqual([]);
});
