import { expect, test } from 'vitest';
import { encode } from '../../emulator/servers/amqp/engine/codec/encoder.ts';
import { AmqpError } from '../../emulator/servers/amqp/engine/errors.ts';
import { type Performative, performatives } from '../../emulator/servers/amqp/engine/frames/performatives.ts';
import { hex } from '../support/amqp/hex.ts';
import { read } from '../support/amqp/rhea-codec.ts';

const encoded = (performative: Performative): Buffer => encode((encoder) => performatives.write(encoder, performative));

// azure-eventhub for Python finds fields by their place and does not look at the count
test.each<[Performative, count: number]>([
  [{ type: 'open', containerId: 'c' }, 10],
  [{ type: 'begin', nextOutgoingId: 0, incomingWindow: 1, outgoingWindow: 1 }, 8],
  [{ type: 'attach', name: 'l', handle: 0, isReceiver: true }, 14],
  [{ type: 'flow', incomingWindow: 1, nextOutgoingId: 0, outgoingWindow: 1 }, 11],
  [{ type: 'transfer', handle: 0 }, 11],
  [{ type: 'disposition', isReceiver: true, first: 0 }, 6],
  [{ type: 'detach', handle: 0 }, 3],
  [{ type: 'end' }, 1],
  [{ type: 'close' }, 1],
])('trap 1: %j has all its fields, the absent ones as null', (performative, count) => {
  const { value } = read(encoded(performative));
  const types = (value as { type: { name: string } }[]).map(({ type }) => type.name);
  expect(types).toHaveLength(count);
  expect(types.at(-1)).toBe('Null');
});

test('trap 1: an error has all three fields', () => {
  expect(encoded({ type: 'end', error: new AmqpError('amqp:not-found', '') })).toEqual(
    hex(`00 53 17 d0 00000023 00000001 00 53 1d d0 00000017 00000003
         a3 0e ${Buffer.from('amqp:not-found').toString('hex')} a1 00 40`),
  );
});

test('trap 1: padding is the null of AMQP, 0x40', () => {
  expect(encoded({ type: 'detach', handle: 0, isClosed: true })).toEqual(hex('00 53 16 d0 00000007 00000003 43 41 40'));
});
