import { closeSync, openSync, readSync } from 'node:fs';

/** https://github.com/google/leveldb/blob/main/doc/log_format.md */
const BLOCK = 32_768;
/** Checksum, length and type. */
const HEADER = 7;
/** FULL, FIRST, MIDDLE and LAST. */
const LAST_TYPE = 4;

/**
 * How many bytes of the records in one of LevelDB's files of changes are not what was written, with others after them. LevelDB, when it
 * opens the folder, drops the whole rest of a block with such a record, and removes the file. At its end, what is not whole was
 * being written when the process or the machine stopped.
 */
export const damagedBytes = (file: string): number => {
  const [descriptor, block] = [openSync(file, 'r'), Buffer.alloc(BLOCK)];
  let [damaged, unsure] = [0, 0];
  try {
    for (let size = readSync(descriptor, block); size > 0; size = readSync(descriptor, block))
      for (const { isWhole, bytes } of recordsIn(block.subarray(0, size))) {
        if (isWhole) [damaged, unsure] = [damaged + unsure, 0];
        else unsure += bytes;
      }
  } finally {
    closeSync(descriptor);
  }
  return damaged;
};

function* recordsIn(block: Buffer): Generator<{ readonly isWhole: boolean; readonly bytes: number }, void> {
  for (let at = 0; at + HEADER <= block.length; ) {
    const [length, type] = [block.readUInt16LE(at + 4), block.readUInt8(at + 6)];
    if (type === 0 && length === 0) return; // nothing was written here
    const end = Math.min(at + HEADER + length, block.length); // a damaged length may be larger
    const isWhole = type <= LAST_TYPE && block.readUInt32LE(at) === masked(crc32c(block, at + 6, end));
    yield { isWhole, bytes: end - at };
    at = end;
  }
}

/** As LevelDB keeps checksums, since some of what they are made of may have checksums in it. */
const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

/** Castagnoli's polynomial, reversed. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

const crc32c = (bytes: Uint8Array, start: number, end: number): number => {
  let crc = -1;
  for (let at = start; at < end; at++) crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[at] as number)) & 0xff] as number); // both are there
  return ~crc;
};
