import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { damageInTable } from '../../emulator/store/table-checksums.ts';
import { damagedTables, damageLeft } from '../../emulator/store/table-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'iothub-tables-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** CRC-32C bit by bit: RFC 3720, appendix B.4. */
const crc = (bytes: Buffer): number => {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1;
  }
  return ~sum >>> 0;
};

/** Behind a block: that it is not compressed, and its checksum. https://github.com/google/leveldb/blob/main/doc/table_format.md */
const trailer = (content: Buffer): Buffer => {
  const kind = Buffer.from([0]);
  const sum = crc(Buffer.concat([content, kind]));
  const bytes = Buffer.alloc(4);
  // crc32c::Mask: https://github.com/google/leveldb/blob/main/util/crc32c.h
  bytes.writeUInt32LE((((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0);
  return Buffer.concat([kind, bytes]);
};

/** A table of three blocks: rows, an empty index of meta blocks, and an index, which are not looked into. */
const table = (rows: Buffer): Buffer => {
  const blocks = [rows, Buffer.from('meta'), Buffer.from('index')];
  const starts = [0, rows.length + 5];
  const meta = starts[1] ?? 0;
  const footer = Buffer.alloc(48);
  const handles = [meta, 4, meta + 4 + 5, 5];
  let at = 0;
  for (const number of handles) {
    for (let rest = number; ; rest >>>= 7) {
      footer[at++] = rest > 127 ? (rest & 127) | 128 : rest;
      if (rest <= 127) break;
    }
  }
  footer.writeBigUInt64LE(0xdb4775248b80fb57n, 40);
  return Buffer.concat([...blocks.flatMap((block) => [block, trailer(block)]), footer]);
};

test('rows that contain what could be the end of their block are read to its real end', () => {
  const begin = Buffer.from('a row that ends with its own checksum');
  const rows = Buffer.concat([begin, trailer(begin), Buffer.from('and goes on')]);
  expect(damageInTable(table(rows))).toBeUndefined();
});

test('a changed byte behind what could be the end of a block is found', () => {
  const begin = Buffer.from('a row that ends with its own checksum');
  const bytes = table(Buffer.concat([begin, trailer(begin), Buffer.from('and goes on')]));
  bytes[begin.length + 8] = 0x21;
  expect(damageInTable(bytes)).toBeGreaterThan(0);
});

test('a damaged table that another file of its name has replaced does not count', async () => {
  const path = join(folder, '000005.ldb');
  const bytes = table(Buffer.from('rows'));
  bytes[1] = 0x21;
  writeFileSync(path, bytes);
  const damaged = await damagedTables(folder);
  expect(damageLeft(damaged)).toBe('the file rows/000005.ldb has other bytes than were written, from 0 on');
  rmSync(path);
  expect(damageLeft(damaged)).toBeUndefined();
  writeFileSync(path, table(Buffer.from('other rows')));
  expect(damageLeft(damaged)).toBeUndefined();
});
