import fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { expect, test } from 'vitest';
import { Gate } from '../../../emulator/servers/mqtt/broker/packet-gate.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
/** CONNECT of MQTT 3.1.1 §3.1: clean session, keep-alive 60, client id d1. */
const CONNECT = hex('10 0e 0004 4d515454 04 02 003c 0002 6431');
const opened = (): Gate => {
  const gate = new Gate();
  gate.take(CONNECT);
  return gate;
};
const causeOf = (bytes: Buffer, gate = opened()): string | undefined => {
  gate.take(bytes);
  return gate.refusal?.cause;
};

test.each([
  ['CONNECT, all fields', '10 1e 0004 4d515454 04 f6 003c 0002 6431 0001 74 0001 70 0003 682f64 0002 7077', true],
  ['CONNECT with a reserved flag', '10 0e 0004 4d515454 04 03 003c 0002 6431', false],
  ['CONNECT with a will QoS and no will', '10 0e 0004 4d515454 04 0a 003c 0002 6431', false],
  ['CONNECT with will QoS 3', '10 14 0004 4d515454 04 1e 003c 0002 6431 0001 74 0001 70', false],
  ['CONNECT with a password and no user name', '10 12 0004 4d515454 04 42 003c 0002 6431 0002 7077', false],
  ['CONNECT with bytes after its last field', '10 0f 0004 4d515454 04 02 003c 0002 6431 00', false],
  ['CONNECT that ends too early', '10 0d 0004 4d515454 04 02 003c 0002 64', false],
  ['CONNECT with flags in its fixed header', '11 0e 0004 4d515454 04 02 003c 0002 6431', false],
  ['CONNECT of another protocol', '10 0e 0004 4d515458 04 02 003c 0002 6431', false],
  ['CONNECT with NUL in the client id', '10 0e 0004 4d515454 04 02 003c 0002 6400', false],
  ['PINGREQ', 'c0 00', false],
  ['CONNECT of 16,385 bytes', '10 81 80 01', false],
])('as the first packet: %s', (_what, bytes, admitted) => {
  expect(causeOf(hex(bytes), new Gate()) === undefined).toBe(admitted);
});

test.each([
  ['PUBLISH QoS 0', '30 05 0003 612f62', true],
  ['PUBLISH QoS 1', '32 08 0003 612f62 0001 78', true],
  ['PUBLISH QoS 1, DUP, RETAIN', '3b 08 0003 612f62 0001 78', true],
  ['PUBLISH QoS 1 with packet id 0', '32 08 0003 612f62 0000 78', false],
  ['PUBLISH QoS 0 with DUP', '38 05 0003 612f62', false],
  ['PUBLISH QoS 2', '34 08 0003 612f62 0001 78', false],
  ['PUBLISH QoS 3', '36 08 0003 612f62 0001 78', false],
  ['PUBLISH with an empty topic', '30 02 0000', false],
  ['PUBLISH to a wildcard', '30 05 0003 612f23', false],
  ['PUBLISH with a topic longer than itself', '30 05 0004 612f62', false],
  ['PUBLISH with half a packet id', '32 06 0003 612f62 00', false],
  ['PUBLISH with a topic in broken UTF-8', '30 05 0003 61c328', false],
  ['PUBLISH with a topic in UTF-8', '30 05 0003 61c3a9', true],
  ['PUBLISH with a surrogate in its topic', '30 05 0003 eda080', false],
  ['PUBACK', '40 02 0001', true],
  ['PUBACK with packet id 0', '40 02 0000', false],
  ['PUBACK of three bytes', '40 03 000100', false],
  ['PUBACK with flags', '42 02 0001', false],
  ['PUBREC', '50 02 0001', false],
  ['PUBREL', '62 02 0001', false],
  ['PUBCOMP', '70 02 0001', false],
  ['CONNACK', '20 02 0000', false],
  ['SUBSCRIBE', '82 08 0001 0003 612f62 01', true],
  ['SUBSCRIBE with flags 0', '80 08 0001 0003 612f62 01', false],
  ['SUBSCRIBE with packet id 0', '82 08 0000 0003 612f62 01', false],
  ['SUBSCRIBE to nothing', '82 02 0001', false],
  ['SUBSCRIBE with QoS 3', '82 08 0001 0003 612f62 03', false],
  ['SUBSCRIBE with a reserved bit', '82 08 0001 0003 612f62 80', false],
  ['SUBSCRIBE without QoS', '82 07 0001 0003 612f62', false],
  ['SUBSCRIBE to an empty filter', '82 05 0001 0000 00', false],
  ['UNSUBSCRIBE', 'a2 07 0001 0003 612f62', true],
  ['UNSUBSCRIBE from nothing', 'a2 02 0001', false],
  ['PINGREQ', 'c0 00', true],
  ['PINGREQ with a body', 'c0 01 00', false],
  ['DISCONNECT', 'e0 00', true],
  ['DISCONNECT with flags', 'e1 00', false],
  ['type 15', 'f0 00', false],
  ['type 0', '00 00', false],
  ['a length of five bytes', '30 ff ff ff ff 01', false],
  ['a claim of 256 MB', '30 ff ff ff 7f', false],
  ['a claim of 256 KB and the longest topic', '30 83 80 14', true],
  ['a claim of one byte more', '30 84 80 14', false],
])('after CONNECT: %s', (_what, bytes, admitted) => {
  expect(causeOf(hex(bytes)) === undefined).toBe(admitted);
});

test('QoS 2 of a SUBSCRIBE is read as 1', () => {
  const [first, second] = ['82 0e 0001 0003 612f62 02 0003 612f63 00', '82 0e 0001 0003 612f62 01 0003 612f63 00'].map(
    hex,
  );
  expect(opened().take(first ?? CONNECT)).toEqual(second);
});

test('what comes after DISCONNECT is ignored', () => {
  const gate = opened();
  expect(gate.take(hex('c000 e000 ffff'))).toEqual(hex('c000 e000'));
  expect([gate.isDisconnected, gate.refusal]).toEqual([true, undefined]);
  expect(gate.take(hex('c000'))).toBe(null);
});

test('however a stream is cut, the same whole packets come out', () => {
  const stream = Buffer.concat([
    CONNECT,
    hex('c000'),
    mqttPacket.generate({
      cmd: 'publish',
      topic: 'a/b',
      payload: Buffer.alloc(300, 7),
      qos: 1,
      messageId: 5,
      dup: false,
      retain: false,
    }),
    hex('82 08 0001 0003 612f62 01 40 02 0001'),
    mqttPacket.generate({
      cmd: 'publish',
      topic: 'a',
      payload: Buffer.alloc(20_000, 9),
      qos: 0,
      dup: false,
      retain: false,
    }),
    hex('c000'),
  ]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 40 }), (cuts) => {
      const gate = new Gate();
      const edges = [0, ...new Set([...cuts].sort((a, b) => a - b)), stream.length];
      const out = edges
        .slice(1)
        .map((edge, i) => gate.take(Buffer.from(stream.subarray(edges[i], edge))) ?? Buffer.alloc(0));
      expect(Buffer.concat(out).equals(stream)).toBe(true);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('no bytes make the gate throw or hold more than one packet', () => {
  const seeds = [
    CONNECT,
    hex('32 08 0003 612f62 0001 78'),
    hex('82 08 0001 0003 612f62 01'),
    hex('a2 07 0001 0003 612f62'),
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(20), fc.nat(255)), { maxLength: 4 }),
      fc.uint8Array({ maxLength: 30 }),
      (seed, edits, tail) => {
        const bytes = Buffer.concat([seed, tail]);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        for (const gate of [new Gate(), opened()]) {
          const out = gate.take(Buffer.from(bytes));
          expect(out?.length ?? 0).toBeLessThanOrEqual(bytes.length);
        }
      },
    ),
    { numRuns: 50_000, seed: 7 },
  );
});
