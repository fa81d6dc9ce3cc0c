import { type AmqpPeer, dataMessage, frameOf } from './amqp-peer.ts';
import { hex } from './hex.ts';
import { type RheaFields, source, target } from './rhea-codec.ts';

/** Connects to the hub, without a word. */
export type Dial = () => AmqpPeer | Promise<AmqpPeer>;

/** What has brought other servers to their knees, and what the hub says last to the client that does it. */
export interface Attack {
  readonly what: string;
  /** Returns what the hub has said last, or to the last of the clients. */
  run(dial: Dial): Promise<string>;
  readonly ends: string;
}

export const uint32 = (value: number): string => value.toString(16).padStart(8, '0');

/** An AMQP frame on channel 0 around a body. */
export const framed = (body: Buffer): Buffer => Buffer.concat([hex(`${uint32(body.length + 8)} 02000000`), body]);

const MB = 1024 * 1024;
const EVENTS = '/devices/d1/messages/events';
const INBOX = '/devices/d1/messages/devicebound';
const BEGIN = { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 };
const HELLO = dataMessage('hello');
const BEGIN_FRAME = frameOf('begin', BEGIN);
const transferOf = (delivery_id: number): Buffer =>
  frameOf('transfer', { handle: 0, delivery_id, delivery_tag: hex('00') }, { payload: HELLO });

const repeated = (count: number, make: (i: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, i) => make(i)));
const turn = (): Promise<void> => new Promise(setImmediate);

/** Sends bytes in chunks of 64 KB, as long as somebody takes them. */
export const pour = async (peer: AmqpPeer, bytes: Buffer): Promise<void> => {
  for (let at = 0; at < bytes.length && !peer.stream.destroyed; at += 65_536) {
    peer.raw(bytes.subarray(at, at + 65_536));
    await turn();
  }
};

/** The last thing that the hub says about a link, a session or the connection; `fine` if it says none. */
const lastWord = async (peer: AmqpPeer): Promise<string> => {
  const last = (await peer.settled()).filter(({ type }) => ['detach', 'end', 'close'].includes(type)).at(-1);
  await peer.vanish();
  return last === undefined ? 'fine' : `${last.type} ${(last.error as RheaFields | undefined)?.condition}`; // what rhea reads
};

/** For a client with a connection and a session. */
const connected =
  (act: (peer: AmqpPeer) => unknown) =>
  async (dial: Dial): Promise<string> => {
    const peer = await dial();
    await peer.open();
    await act(peer);
    return lastWord(peer);
  };

/** For one that has said only the header. */
const fresh =
  (act: (peer: AmqpPeer) => unknown) =>
  async (dial: Dial): Promise<string> => {
    const peer = await dial();
    peer.header();
    await act(peer);
    return lastWord(peer);
  };

const times =
  (count: number, run: Attack['run']): Attack['run'] =>
  async (dial) => {
    let last = '';
    for (let i = 0; i < count; i += 1) last = await run(dial);
    return last;
  };

const raw = (bytes: Buffer | string): Attack['run'] => connected((peer) => peer.raw(bytes));

const array = (count: number): Buffer => framed(hex(`00 53 18 d0 0000000e 00000001 f0 00000005 ${uint32(count)} 40`));
const list = framed(hex(`00 53 18 d0 00000008 ${uint32(30_000_000)} 40404040`));
const lists = Buffer.concat([
  hex('00 53 18'),
  repeated(5000, (i) => hex(`d0 ${uint32((4999 - i) * 9 + 5)} 00000001`)),
  hex('40'),
]);
const manyProperties = (): Buffer => {
  const entries = repeated(200_000, (i) =>
    hex(`a1 06 ${Buffer.from(String(i).padStart(6, '0')).toString('hex')} 54 01`),
  );
  return Buffer.concat([hex(`00 53 74 d1 ${uint32(entries.length + 4)} ${uint32(400_000)}`), entries]);
};

const attach = (handle: number): Buffer =>
  frameOf('attach', { name: `l${handle}`, handle, role: true, source: source({ address: INBOX }), target: target({}) });

const announce4GB = connected(async (peer) => {
  peer.raw('ffffffff 02000000');
  const chunk = Buffer.alloc(65_536);
  for (let sent = 0; sent < 40 * MB && !peer.stream.destroyed && !peer.stream.readableEnded; sent += chunk.length) {
    peer.raw(chunk);
    await turn();
  }
});

const endless = connected(async (peer) => {
  const piece = Buffer.alloc(60_000);
  for (let handle = 0; handle < 5; handle += 1) await peer.sender(EVENTS, handle);
  for (let handle = 0; handle < 5; handle += 1)
    for (let sent = 0; sent < 39 * MB && !peer.stream.destroyed; sent += piece.length) {
      peer.transfer(handle, handle, piece, { more: true });
      await turn();
    }
});

/** All at once, so that the client still has its half open when the hub has long closed. */
const garbage: Attack['run'] = async (dial) => {
  const peers = await Promise.all(Array.from({ length: 200 }, dial));
  for (const peer of peers) peer.raw(Buffer.alloc(64, 0xee));
  const heard = await Promise.all(peers.map((peer) => peer.rest()));
  const headers = heard.filter(([first, ...rest]) => first?.type === 'header' && rest.length === 0);
  return headers.length === peers.length ? 'a header' : 'something else';
};

/** The rows of a comparison of servers: each of them stalled, drained or ended at least one. */
export const ATTACKS: readonly Attack[] = [
  {
    what: 'max-frame-size 40, which leaves no room for a payload',
    run: fresh((peer) => {
      peer.send('open', { container_id: 'c', max_frame_size: 40 });
      peer.send('begin', BEGIN);
    }),
    ends: 'close amqp:invalid-field',
  },
  { what: 'an array of 3 million nulls', run: raw(array(3_000_000)), ends: 'close amqp:decode-error' },
  { what: 'an array of 2^32 - 1 nulls', run: raw(array(2 ** 32 - 1)), ends: 'close amqp:decode-error' },
  {
    what: '60,000 begins',
    run: connected((peer) =>
      pour(
        peer,
        repeated(60_000, (i) => frameOf('begin', BEGIN, { channel: i + 1 })),
      ),
    ),
    ends: 'close amqp:connection:framing-error',
  },
  {
    what: '20,000 begins on one channel',
    run: connected((peer) =>
      pour(
        peer,
        repeated(20_000, () => BEGIN_FRAME),
      ),
    ),
    ends: 'close amqp:not-allowed',
  },
  {
    what: '20,000 attaches',
    run: connected((peer) => pour(peer, repeated(20_000, attach))),
    ends: 'end amqp:not-allowed',
  },
  { what: '20 lists that claim 30 million items', run: times(20, raw(list)), ends: 'close amqp:decode-error' },
  {
    what: 'a disposition of all deliveries from 0 to 2^31 - 1',
    run: connected(async (peer) => {
      await peer.receiver(INBOX, 0, 10);
      peer.settle(0, 2 ** 31 - 1, 'accepted');
    }),
    ends: 'fine',
  },
  {
    what: 'one frame of 2.6 MB with 200,000 properties',
    run: connected(async (peer) => {
      await peer.sender(EVENTS);
      const transfer = { handle: 0, delivery_id: 0, delivery_tag: hex('00') };
      await pour(peer, frameOf('transfer', transfer, { payload: manyProperties() }));
    }),
    ends: 'close amqp:connection:framing-error',
  },
  {
    what: '20 connections that announce a frame of 4 GB and send 40 MB of it',
    run: times(20, announce4GB),
    ends: 'close amqp:connection:framing-error',
  },
  { what: '5 deliveries of 39 MB that never end', run: endless, ends: 'detach amqp:link:message-size-exceeded' },
  {
    what: '50 connections with an idle timeout of 1 ms',
    run: times(
      50,
      fresh((peer) => peer.send('open', { container_id: 'c', idle_time_out: 1 })),
    ),
    ends: 'close amqp:invalid-field',
  },
  {
    // the hub has taken each of them, and given credit for another, before it reads the next
    what: '5,000 transfers at once, whatever the credit',
    run: connected(async (peer) => {
      await peer.sender(EVENTS);
      peer.raw(repeated(5000, (delivery_id) => transferOf(delivery_id)));
    }),
    ends: 'fine',
  },
  { what: '200 connections of garbage from clients that keep their half open', run: garbage, ends: 'a header' },
  ...[0, 1, 3, 4, 7].map((size) => ({
    what: `a frame of ${size} bytes`,
    run: raw(`${uint32(size)} 02000000`),
    ends: 'close amqp:connection:framing-error',
  })),
  {
    what: '60,000 descriptors in one another',
    run: raw(framed(Buffer.alloc(60_000))),
    ends: 'close amqp:decode-error',
  },
  { what: '5,000 lists in one another', run: raw(framed(lists)), ends: 'close amqp:decode-error' },
  {
    what: 'a container id of a megabyte',
    run: fresh((peer) => pour(peer, frameOf('open', { container_id: 'x'.repeat(MB) }))),
    ends: 'close amqp:connection:framing-error',
  },
  {
    what: 'a reader of messages that gives credit for 200,000 and neither reads nor settles',
    run: connected(async (peer) => {
      await peer.receiver(INBOX, 0, 200_000);
      peer.stream.pause();
      await turn();
      peer.stream.resume();
    }),
    ends: 'fine',
  },
];
