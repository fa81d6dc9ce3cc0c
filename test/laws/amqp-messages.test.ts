import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMessage } from '../../emulator/servers/amqp/engine/message/decode.ts';
import { encodeMessage } from '../../emulator/servers/amqp/engine/message/encode.ts';
import type { Message } from '../../emulator/servers/amqp/engine/message/message.ts';
import { type MessageId, stringId, ulongId, uuidId } from '../../emulator/servers/amqp/engine/message/message-id.ts';
import { anyValue, SCALARS } from '../support/amqp/arbitrary-values.ts';
import { runs } from '../support/runs.ts';

const id: fc.Arbitrary<MessageId> = fc.oneof(
  fc.string().map(stringId),
  fc.uuid().map(uuidId),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(ulongId),
);

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const uint = fc.integer({ min: 0, max: 2 ** 32 - 1 });

const moment = fc.integer({ min: 0, max: 2 ** 45 });

const text = fc.string({ unit: 'grapheme' });

const ascii = fc.string({ unit: 'binary-ascii' });

const annotations = maybe(
  fc.dictionary(ascii, anyValue, { maxKeys: 4 }).map((entries) => new Map(Object.entries(entries))),
);

const anyMessage: fc.Arbitrary<Message> = fc.record({
  header: maybe(
    fc.record({
      isDurable: maybe(fc.boolean()),
      priority: maybe(fc.nat(255)),
      ttl: maybe(uint),
      isFirstAcquirer: maybe(fc.boolean()),
      deliveryCount: maybe(uint),
    }),
  ),
  deliveryAnnotations: annotations,
  messageAnnotations: annotations,
  properties: maybe(
    fc.record({
      messageId: maybe(id),
      userId: maybe(fc.uint8Array().map((bytes) => Buffer.from(bytes))),
      to: maybe(text),
      subject: maybe(text),
      replyTo: maybe(text),
      correlationId: maybe(id),
      contentType: maybe(ascii),
      contentEncoding: maybe(ascii),
      absoluteExpiryTime: maybe(moment),
      creationTime: maybe(moment),
      groupId: maybe(text),
      groupSequence: maybe(uint),
      replyToGroupId: maybe(text),
    }),
  ),
  applicationProperties: maybe(
    fc
      .dictionary(text, fc.oneof(...Object.values(SCALARS)), { maxKeys: 4 })
      .map((entries) => new Map(Object.entries(entries))),
  ),
  body: fc.oneof(
    fc.uint8Array({ maxLength: 1000 }).map((bytes) => ({ type: 'data' as const, data: Buffer.from(bytes) })),
    anyValue.map((value) => ({ type: 'value' as const, value })),
    fc.array(anyValue, { maxLength: 4 }).map((items) => ({ type: 'sequence' as const, items })),
  ),
  footer: annotations,
});

test('any message comes back from its bytes', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      expect(decodeMessage(encodeMessage(message))).toEqual(message);
    }),
    { numRuns: runs(2000), seed: 1 },
  );
});
