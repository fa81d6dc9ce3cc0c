import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type { StorageRecord } from './storage-records.ts';

/** The schema of a message in a container; the body is as it was sent. */
const SCHEMA = {
  type: 'record',
  name: 'Message',
  namespace: 'Microsoft.Azure.Devices',
  fields: [
    { name: 'EnqueuedTimeUtc', type: 'string' },
    { name: 'Properties', type: { type: 'map', values: 'string' } },
    { name: 'SystemProperties', type: { type: 'map', values: 'string' } },
    { name: 'Body', type: ['null', 'bytes'] },
  ],
};

export type AvroCodec = 'null' | 'deflate';

/** About the size of a block, in bytes before compression. */
const BLOCK = 64 * 1024;

const deflate = promisify(deflateRaw);

/**
 * An object container file. https://avro.apache.org/docs/1.11.1/specification/#object-container-files
 */
export const avroFile = async (
  records: AsyncIterable<{ readonly record: StorageRecord; readonly body: Uint8Array }>,
  codec: AvroCodec,
): Promise<Buffer> => {
  const schema = JSON.stringify(SCHEMA);
  // any 16 bytes: they only mark where blocks end
  const sync = createHash('md5').update(schema).digest();
  const metadata = map({ 'avro.schema': schema, 'avro.codec': codec });
  const pieces: Uint8Array[] = [Buffer.from('Obj\u0001', 'latin1'), ...metadata, sync];
  let block: Uint8Array[] = [];
  let count = 0;
  let size = 0;
  const endBlock = async (): Promise<void> => {
    const content = codec === 'deflate' ? await deflate(Buffer.concat(block)) : Buffer.concat(block);
    pieces.push(long(count), long(content.length), content, sync);
    [block, count, size] = [[], 0, 0];
  };
  for await (const { record, body } of records) {
    const datum = Buffer.concat([
      ...text(record.EnqueuedTimeUtc),
      ...map(record.Properties),
      ...map(record.SystemProperties),
      long(BYTES_BRANCH),
      ...bytes(body),
    ]);
    block.push(datum);
    count += 1;
    size += datum.length;
    if (size >= BLOCK) await endBlock();
  }
  if (count > 0) await endBlock();
  return Buffer.concat(pieces);
};

/** Of the union of the body: the second one. */
const BYTES_BRANCH = 1;

/** A zig-zag varint. Numbers here are lengths and counts: not negative, below 2^31. */
const long = (value: number): Buffer => {
  const digits: number[] = [];
  let rest = value * 2;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) digits.push((rest % 0x80) + 0x80);
  return Buffer.from([...digits, rest]);
};

const bytes = (value: Uint8Array): Uint8Array[] => [long(value.length), value];

const text = (value: string): Uint8Array[] => bytes(Buffer.from(value));

const map = (values: Readonly<Record<string, string>>): Uint8Array[] => {
  const entries = Object.entries(values);
  const pairs = entries.flatMap(([name, value]) => [...text(name), ...text(value)]);
  return entries.length === 0 ? [long(0)] : [long(entries.length), ...pairs, long(0)];
};
