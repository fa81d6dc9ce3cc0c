import { PassThrough } from 'node:stream';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { FairTurns } from '../../../emulator/servers/fair-turns.ts';
import { BrokerStream } from '../../../emulator/servers/mqtt/broker/broker-stream.ts';
import { Gate } from '../../../emulator/servers/mqtt/broker/packet-gate.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
/** CONNECT of MQTT 3.1.1 §3.1: clean session, keep-alive 60, client id d1. */
const CONNECT = hex('10 0e 0004 4d515454 04 02 003c 0002 6431');
const PINGREQ = hex('c000');

const world = () => {
  const conn = new PassThrough();
  const written: string[] = [];
  const causes: string[] = [];
  const stream = new BrokerStream(
    {
      conn,
      gate: new Gate(),
      takePublishes: () => false,
      writeForBroker: (packet) => written.push(packet.toString('hex')),
      refuse: ({ cause }) => causes.push(cause),
    },
    new FairTurns(),
  );
  return { conn, stream, written, causes };
};
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

test('packets before one that is not valid are handled, then the connection is refused, once', async () => {
  const { conn, stream, causes } = world();
  conn.write(Buffer.concat([CONNECT, PINGREQ, hex('f000')]));
  expect(stream.read()).toEqual(Buffer.concat([CONNECT, PINGREQ]));
  expect(causes).toEqual([]);
  await turn();
  conn.write(PINGREQ);
  expect([stream.read(), causes]).toEqual([null, ['a packet that clients of this hub do not send']]);
});

test('a parser at work is not given more', async () => {
  const { conn, stream } = world();
  conn.write(CONNECT);
  expect(stream.read()).toEqual(CONNECT);
  conn.write(PINGREQ);
  expect(stream.read()).toBe(null);
  await turn();
  expect(stream.read()).toEqual(PINGREQ);
});

const PACKETS: readonly (readonly [string, Packet])[] = [
  ['CONNACK', { cmd: 'connack', returnCode: 0, sessionPresent: false }],
  ['PINGRESP', { cmd: 'pingresp' }],
  ['SUBACK of 1 filter', { cmd: 'suback', messageId: 7, granted: [0] }],
  ['SUBACK of 200 filters', { cmd: 'suback', messageId: 7, granted: Array.from({ length: 200 }, () => 1) }],
];

test.each(PACKETS)('%s is passed on whole, in however many pieces aedes writes it', (_what, packet) => {
  const { stream, written } = world();
  const writable = stream as unknown as NodeJS.WritableStream; // it has the members that are used
  mqttPacket.writeToStream(packet, writable);
  mqttPacket.writeToStream({ cmd: 'puback', messageId: 8 }, writable);
  expect(written).toEqual([mqttPacket.generate(packet).toString('hex'), '40020008']);
});
