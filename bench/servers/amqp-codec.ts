import { createRequire } from 'node:module';
import { Decoder } from '../../emulator/servers/amqp/engine/codec/decoder.ts';
import { Encoder } from '../../emulator/servers/amqp/engine/codec/encoder.ts';
import { long, timestamp } from '../../emulator/servers/amqp/engine/codec/values.ts';
import { beginFrame, endFrame, FRAME_TYPE } from '../../emulator/servers/amqp/engine/frames/frame.ts';
import { disposition, performatives, transfer } from '../../emulator/servers/amqp/engine/frames/performatives.ts';
import { ACCEPTED } from '../../emulator/servers/amqp/engine/frames/states.ts';
import { decodeMessage } from '../../emulator/servers/amqp/engine/message/decode.ts';
import { encodeMessage } from '../../emulator/servers/amqp/engine/message/encode.ts';
import { stringId } from '../../emulator/servers/amqp/engine/message/message-id.ts';
import { serve } from './serve.ts';

// the codec alone, ours and rhea's: what a telemetry message costs to read, an event and a disposition to write

interface RheaFrames {
  read_frame(bytes: Buffer): { payload: Buffer };
  write_frame(frame: object): Buffer;
  amqp_frame(channel: number, performative: object, payload?: Buffer): object;
  transfer(fields: object): object;
  disposition(fields: object): object;
}
interface RheaMessages {
  encode(message: object): Buffer;
  decode(bytes: Buffer): { body: unknown };
  data_section(bytes: Buffer): object;
  accepted(fields?: object): { described(): object };
}
const require = createRequire(import.meta.url);
// its parts have no types of their own
const frames = require('rhea/lib/frames.js') as RheaFrames;
const messages = require('rhea/lib/message.js') as RheaMessages;
const types = require('rhea/lib/types.js') as Readonly<Record<string, (value: unknown) => unknown>>;

const BODY = Buffer.from(JSON.stringify({ temperature: 21.5, humidity: 40, pad: 'x'.repeat(150) }));
const TAG = Buffer.alloc(16, 7);
const NOW = 1_795_000_000_000;

/** What the Node device SDK sends, about 360 bytes. */
const TELEMETRY = frames.write_frame(
  frames.amqp_frame(
    0,
    frames.transfer({ handle: 2, delivery_id: 70_000, delivery_tag: TAG, message_format: 0, settled: false }),
    messages.encode({
      message_id: '6f9d5e0e-5c1f-4a53-9d3a-3f8f6f0c1a2b',
      to: '/devices/d1/messages/events',
      content_type: 'application/json',
      content_encoding: 'utf-8',
      application_properties: { level: 'high', count: 17 },
      body: messages.data_section(BODY),
    }),
  ),
);

const ANNOTATIONS = {
  'x-opt-offset': '4294967296',
  'iothub-connection-device-id': 'd1',
  'iothub-connection-auth-generation-id': '638000000000000000',
  'iothub-message-source': 'Telemetry',
};

const encoder = new Encoder(4096);

const OURS = {
  'read a telemetry message': () => {
    const decoder = new Decoder(TELEMETRY, 8);
    performatives.read(decoder);
    return decodeMessage(TELEMETRY.subarray(decoder.position)).body;
  },
  'write an event': () => {
    const payload = encodeMessage({
      messageAnnotations: new Map([
        ...Object.entries(ANNOTATIONS),
        ['x-opt-sequence-number', long(70_000)],
        ['x-opt-enqueued-time', timestamp(NOW)],
        ['iothub-enqueuedtime', timestamp(NOW)],
      ]),
      properties: { messageId: stringId('m-1'), contentType: 'application/json', contentEncoding: 'utf-8' },
      applicationProperties: new Map([['level', 'high']]),
      body: { type: 'data', data: BODY },
    });
    encoder.clear();
    const mark = beginFrame(encoder, FRAME_TYPE.amqp, 0);
    transfer.write(encoder, {
      handle: 0,
      deliveryId: 70_000,
      deliveryTag: TAG,
      messageFormat: 0,
      isSettled: false,
      hasMore: false,
    });
    encoder.raw(payload);
    endFrame(encoder, mark);
    return encoder.copy();
  },
  'write a disposition': () => {
    encoder.clear();
    const mark = beginFrame(encoder, FRAME_TYPE.amqp, 0);
    disposition.write(encoder, { isReceiver: true, first: 70_000, last: 70_000, isSettled: true, state: ACCEPTED });
    endFrame(encoder, mark);
    return encoder.copy();
  },
};

const THEIRS: typeof OURS = {
  'read a telemetry message': () => {
    const { body } = messages.decode(frames.read_frame(TELEMETRY).payload);
    return { type: 'data', data: body as Buffer };
  },
  'write an event': () =>
    frames.write_frame(
      frames.amqp_frame(
        0,
        frames.transfer({
          handle: 0,
          delivery_id: 70_000,
          delivery_tag: TAG,
          message_format: 0,
          settled: false,
          more: false,
        }),
        messages.encode({
          message_annotations: {
            ...ANNOTATIONS,
            'x-opt-sequence-number': types.wrap_long?.(70_000),
            'x-opt-enqueued-time': types.wrap_timestamp?.(NOW),
            'iothub-enqueuedtime': types.wrap_timestamp?.(NOW),
          },
          message_id: 'm-1',
          content_type: 'application/json',
          content_encoding: 'utf-8',
          application_properties: { level: 'high' },
          body: messages.data_section(BODY),
        }),
      ),
    ),
  'write a disposition': () =>
    frames.write_frame(
      frames.amqp_frame(
        0,
        frames.disposition({
          role: true,
          first: 70_000,
          last: 70_000,
          settled: true,
          state: messages.accepted({}).described(),
        }),
      ),
    ),
};

export type CodecWork = keyof typeof OURS;

/** CPU µs of one run. */
const measure = (run: () => unknown): number => {
  const runs = 20_000;
  const before = process.cpuUsage();
  for (let i = 0; i < runs; i += 1) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / runs;
};

serve({
  ours: (work) => measure(OURS[work as CodecWork]),
  theirs: (work) => measure(THEIRS[work as CodecWork]),
});
