import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FRAME_TYPE, FrameReader } from '../../emulator/servers/amqp/engine/frames/frame.ts';
import { hex } from '../support/amqp/hex.ts';

const FRAME = hex('0000000c 02 00 0005 00531845');
const frameOf = (bytes: Buffer, mostBytes = 512, type: number = FRAME_TYPE.amqp) => {
  const reader = new FrameReader();
  reader.push(bytes);
  const frame = reader.frame(type, mostBytes);
  return frame && { channel: frame.channel, body: frame.bytes.subarray(frame.start, frame.end) };
};

test('a frame has a channel and a body, part 2 §2.3', () => {
  expect(frameOf(FRAME)).toEqual({ channel: 5, body: hex('00531845') });
});

test('a frame of 8 bytes is a heartbeat', () => {
  expect(frameOf(hex('00000008 02 00 0000'))).toEqual({ channel: 0, body: hex('') });
});

test('the extended header is passed over', () => {
  expect(frameOf(hex('00000010 03 00 0001 deadbeef 00531845'))).toEqual({ channel: 1, body: hex('00531845') });
});

test.each([
  ['size 0', '00000000 02 00 0000'],
  ['size 7', '00000007 02 00 0000'],
  ['a size above the limit, before its bytes have come', '00000201 02 00 0000'],
  ['a size of 4 GB', 'ffffffff 02 00 0000'],
  ['a data offset of 1', '00000008 01 00 0000'],
  ['a data offset beyond the frame', '0000000c 04 00 0000 00531845'],
  ['type 2', '00000008 02 02 0000'],
  ['the type of SASL', '00000008 02 01 0000'],
])('a frame with %s is refused', (_what, bytes) => {
  expect(() => frameOf(hex(bytes))).toThrow(expect.objectContaining({ condition: 'amqp:connection:framing-error' }));
});

test.each([
  [511, true],
  [512, true],
  [513, false],
])('a frame of %i bytes, where 512 are accepted, is read: %s', (size, isRead) => {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32BE(size);
  bytes[4] = 2;
  if (isRead) expect(frameOf(bytes)?.body).toHaveLength(size - 8);
  else expect(() => frameOf(bytes)).toThrow(`A frame of ${size} bytes; at most 512 are accepted`);
});

test('however a stream is cut, the same frames come out', () => {
  const large = Buffer.alloc(5000, 7);
  large.writeUInt32BE(5000);
  large.set([2, 0, 0, 9], 4);
  const stream = Buffer.concat([
    hex('414d515000010000'),
    FRAME,
    large,
    FRAME,
    hex('00000008 02 00 0000'),
    large,
    FRAME,
  ]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 60 }), (cuts) => {
      const reader = new FrameReader();
      const edges = [0, ...new Set([...cuts].sort((a, b) => a - b)), stream.length];
      const seen: (number | string)[] = [];
      for (const [i, edge] of edges.slice(1).entries()) {
        reader.push(Buffer.from(stream.subarray(edges[i], edge)));
        if (seen.length === 0) {
          const header = reader.header();
          if (header === undefined) continue;
          seen.push(header.toString('hex'));
        }
        for (
          let frame = reader.frame(FRAME_TYPE.amqp, 65_536);
          frame !== undefined;
          frame = reader.frame(FRAME_TYPE.amqp, 65_536)
        )
          seen.push(frame.channel, frame.end - frame.start);
      }
      expect(seen).toEqual(['414d515000010000', 5, 4, 9, 4992, 5, 4, 0, 0, 9, 4992, 5, 4]);
    }),
    { numRuns: 500, seed: 1 },
  );
});

test('bytes of a frame stay as they are while more arrive', () => {
  const reader = new FrameReader();
  reader.push(FRAME.subarray(0, 10));
  reader.push(Buffer.concat([FRAME.subarray(10), FRAME.subarray(0, 9)]));
  const frame = reader.frame(FRAME_TYPE.amqp, 512);
  reader.push(hex('ffffff'));
  expect(frame?.bytes.subarray(frame.start, frame.end)).toEqual(hex('00531845'));
  expect(reader.frame(FRAME_TYPE.amqp, 512)?.channel).toBe(5);
});
