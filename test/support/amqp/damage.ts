import { dataMessage, frameOf } from './amqp-peer.ts';
import { messages, outcome, type RheaFields, source, target } from './rhea-codec.ts';

/** Numbers from 0 up to a bound, the same for the same seed. https://en.wikipedia.org/wiki/Xorshift */
export const randomFrom = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
};

type Random = ReturnType<typeof randomFrom>;

const EDGES = [0, 1, 2, 3, 63, 64, 127, 128, 255, 256, 1023, 1024, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** A number that a server may not have thought of, and most of the time one that makes sense. */
const number = (random: Random): number => (random(12) === 0 ? (EDGES[random(EDGES.length)] ?? 0) : random(3));

const message = (random: Random): Buffer =>
  dataMessage(random(2) === 0 ? dataMessage('') : 'x'.repeat(random(300)), {
    message_id: 'm',
    application_properties: { a: 1, b: 'c' },
  });

type Make = (random: Random) => Buffer;

const of =
  (name: string, fields: (random: Random) => RheaFields, payload?: (random: Random) => Buffer): Make =>
  (random) =>
    frameOf(name, fields(random), {
      channel: random(25) === 0 ? number(random) % 65_536 : 0,
      ...(payload === undefined ? {} : { payload: payload(random) }),
    });

const attach = of('attach', (random) => ({
  name: `l${random(6)}`,
  handle: number(random),
  role: random(2) === 0,
  snd_settle_mode: random(3),
  rcv_settle_mode: random(2),
  source: source({ address: ['q', 'hold', 'missing'][random(3)] }),
  target: target({ address: ['q', 'hold', 'reject'][random(3)] }),
  initial_delivery_count: number(random),
  max_message_size: number(random),
}));
const flow = of('flow', (random) => ({
  next_incoming_id: random(6) === 0 ? number(random) : 0,
  incoming_window: random(6) === 0 ? number(random) : 100,
  next_outgoing_id: number(random),
  outgoing_window: number(random),
  ...(random(3) === 0
    ? {}
    : { handle: random(4) === 0 ? number(random) : 2, delivery_count: number(random), link_credit: number(random) }),
  drain: random(4) === 0,
  echo: random(4) === 0,
}));
const transfer = of(
  'transfer',
  (random) => ({
    handle: random(12) === 0 ? number(random) : random(2),
    ...(random(12) === 0 ? {} : { delivery_id: number(random), delivery_tag: Buffer.alloc(random(34)) }),
    message_format: random(3) === 0 ? 0x8001_3700 : 0,
    settled: random(2) === 0,
    more: random(6) === 0,
    aborted: random(12) === 0,
  }),
  (random) =>
    random(2) === 0
      ? message(random)
      : messages.encode({ body: messages.data_sections([message(random), message(random)]) }),
);
const disposition = of('disposition', (random) => ({
  role: random(3) > 0,
  first: number(random),
  last: number(random),
  settled: random(3) > 0,
  state: outcome(['accepted', 'released', 'rejected', 'modified'][random(4)] ?? 'accepted'),
}));

const begin = of('begin', (random) => ({
  next_outgoing_id: number(random),
  incoming_window: number(random),
  outgoing_window: number(random),
}));
const detach = of('detach', (random) => ({ handle: number(random), closed: random(2) === 0 }));
const end = of('end', () => ({}));
const open = of('open', (random) => ({
  container_id: 'c',
  max_frame_size: number(random),
  idle_time_out: number(random),
}));

/** What ends a connection early comes less often. */
const FRAMES: readonly Make[] = [
  ...Array.from({ length: 6 }, () => [flow, transfer, transfer, disposition]).flat(),
  ...Array.from({ length: 3 }, () => [attach, detach, flow]).flat(),
  begin,
  end,
  open,
];

/** A frame that is well formed, whatever it says. */
export const someFrame = (random: Random): Buffer => (FRAMES[random(FRAMES.length)] ?? flow)(random);

/** The frame with some of its bytes changed, left out, or put in. */
export const damaged = (frame: Buffer, random: Random): Buffer => {
  const bytes = Buffer.from(frame);
  const at = random(bytes.length);
  switch (random(6)) {
    case 0:
      bytes[at] = random(256);
      return bytes;
    case 1:
      bytes.writeUInt32BE(EDGES[random(EDGES.length)] ?? 0, Math.min(at, bytes.length - 4));
      return bytes;
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([random(256)]), bytes.subarray(at)]);
    case 4:
      return sized(Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + random(4)))]));
    default:
      return bytes;
  }
};

/** With the size that it has. */
const sized = (bytes: Buffer): Buffer => {
  if (bytes.length >= 4) bytes.writeUInt32BE(bytes.length);
  return bytes;
};
