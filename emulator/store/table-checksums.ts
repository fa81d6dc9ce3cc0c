/** The handles of the last two blocks, then zeros up to 40 bytes, and a number. https://github.com/google/leveldb/blob/main/doc/table_format.md */
const FOOTER = 48;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');
/** Behind each block: its kind, and the checksum of both. */
const TRAILER = 5;

/**
 * Where a table has other bytes than were written; undefined if nowhere. Blocks follow each other without gaps: each one ends where the
 * checksum is right, so their index need not be read, which is compressed.
 */
export const damageInTable = (bytes: Buffer): number | undefined => {
  const end = bytes.length - FOOTER;
  if (end < 0 || !bytes.subarray(-MAGIC.length).equals(MAGIC)) return Math.max(0, end);
  const starts: number[] = [];
  let at = 0;
  let doubted: number | undefined;
  while (at < end) {
    const next = endOfBlock(bytes, at, { behind: doubted ?? at, end });
    if (next !== undefined) {
      starts.push(at);
      at = next;
      doubted = undefined;
    } else {
      // a checksum is right by chance once in thousands of millions: the block before may end later
      const before = doubted === undefined ? starts.pop() : undefined;
      if (before === undefined) return doubted ?? at;
      doubted = at;
      at = before;
    }
  }
  const [meta = 0, index = 0] = starts.slice(-2);
  const handles = [meta, index - meta - TRAILER, index, end - index - TRAILER].flatMap(digits);
  const isExpected = bytes.subarray(end, -MAGIC.length).every((byte, at) => byte === (handles[at] ?? 0));
  return isExpected ? undefined : end;
};

/** Where the block and its trailer end that begin at `from`, at the earliest behind `behind`. */
const endOfBlock = (
  bytes: Buffer,
  from: number,
  { behind, end }: { readonly behind: number; readonly end: number },
): number | undefined => {
  let crc = -1;
  for (let at = from; at <= end - TRAILER; at++) {
    const kind = bytes[at] ?? 0;
    // 0 is plain, 1 is compressed
    if (kind <= 1 && at + TRAILER > behind && masked(~step(crc, kind)) === bytes.readUInt32LE(at + 1))
      return at + TRAILER;
    crc = step(crc, kind);
  }
  return undefined;
};

/** CRC-32C, RFC 3720 appendix B.4, with one byte more. */
const step = (crc: number, byte: number): number => (CRC[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);

/** As LevelDB keeps a checksum: `crc32c::Mask`. */
const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

const CRC = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** A number with seven bits a byte, the lowest first; all but the last byte have the eighth one. */
const digits = (number: number): number[] =>
  number < 128 ? [number] : [(number % 128) + 128, ...digits(Math.floor(number / 128))];
