import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMessage } from '../../emulator/servers/amqp/engine/message/decode.ts';
import { encodeMessage } from '../../emulator/servers/amqp/engine/message/encode.ts';
import {
  idText,
  type MessageId,
  stringId,
  ulongId,
  uuidId,
} from '../../emulator/servers/amqp/engine/message/message-id.ts';
import { hex } from '../support/amqp/hex.ts';

const body = { type: 'data', data: Buffer.from('{}') } as const;

const decodedId = (bytes: string): MessageId | undefined =>
  decodeMessage(hex(`00 53 73 c0 ${bytes}`)).properties?.messageId;

const _id: fc.Arbitrary<MessageId> = fc.oneof(
  fc.string().map(stringId),
  fc.uuid().map(uuidId),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(ulongId),
);

const _text = fc.string({ unit: 'grapheme' });

test.each<[what: string, bytes: string, MessageId, text: string]>([
  ['a string', '06 01 a1 03 616263', { type: 'string', bytes: hex('a1 03 616263') }, 'abc'],
  ['a long string', '07 01 b1 00000001 61', { type: 'string', bytes: hex('b1 00000001 61') }, 'a'],
  ['a ulong from 0, as uamqp counts', '02 01 44', { type: 'ulong', bytes: hex('44') }, '0'],
  ['a small ulong', '03 01 53 ff', { type: 'ulong', bytes: hex('53 ff') }, '255'],
  [
    'a ulong beyond 2^53',
    '0a 01 80 ffffffffffffffff',
    { type: 'ulong', bytes: hex('80 ffffffffffffffff') },
    '18446744073709551615',
  ],
  [
    'a uuid, as Java sends it',
    '12 01 98 00112233445566778899aabbccddeeff',
    { type: 'uuid', bytes: hex('98 00112233445566778899aabbccddeeff') },
    '00112233-4455-6677-8899-aabbccddeeff',
  ],
  ['binary', '05 01 a0 02 00ff', { type: 'binary', bytes: hex('a0 02 00ff') }, '00ff'],
])('trap 11: an id that is %s keeps its type and its bytes', (_what, bytes, id, text) => {
  const read = decodedId(bytes);
  expect(read).toEqual(id);
  expect(idText(id)).toBe(text);
  const echoed = decodeMessage(encodeMessage({ properties: { correlationId: id }, body }));
  expect(echoed.properties?.correlationId).toEqual(id);
});

test('trap 17: ids of different types are compared by their text', () => {
  const text = '00112233-4455-6677-8899-aabbccddeeff';
  expect(idText(stringId(text))).toBe(idText(uuidId(text.toUpperCase())));
  expect([stringId('a').bytes, ulongId(2n ** 64n - 1n).bytes, ulongId(7).bytes]).toEqual([
    hex('a1 01 61'),
    hex('80 ffffffffffffffff'),
    hex('53 07'),
  ]);
});
