import type { Duplex } from 'node:stream';
import { type Heard, tidy } from './heard.ts';
import { hex } from './hex.ts';
import { composite, frames, messages, outcome, type RheaFields, source, target } from './rhea-codec.ts';

const LAST_CHANNEL = 1023;

interface SendOptions {
  readonly channel?: number;
  readonly payload?: Buffer;
}

/** A raw AMQP client: says any bytes, hears frames one by one. Its codec is rhea's. */
export class AmqpPeer implements AsyncDisposable {
  readonly stream: Duplex;
  /** Settles when the connection is gone. */
  readonly closed: Promise<void>;
  /** How many chunks have come. */
  chunks = 0;
  readonly #heard: Heard[] = [];
  /** Transfer frames of the session on channel 0. */
  #transfers = 0;
  #rest = Buffer.alloc(0);
  #isGone = false;
  #awake: () => void = () => {};

  constructor(stream: Duplex) {
    this.stream = stream;
    stream.on('data', (chunk: Buffer) => this.#arrived(chunk));
    stream.on('error', () => undefined);
    this.closed = new Promise((done) => {
      const gone = (): void => {
        this.#isGone = true;
        this.#awake();
        done();
      };
      stream.once('end', gone);
      stream.once('close', gone);
    });
  }

  #arrived(chunk: Buffer): void {
    this.chunks += 1;
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 8) {
      const isHeader = this.#rest.toString('latin1', 0, 4) === 'AMQP';
      const size = isHeader ? 8 : this.#rest.readUInt32BE(0);
      if (this.#rest.length < size) break;
      const bytes = Buffer.from(this.#rest.subarray(0, size));
      this.#rest = this.#rest.subarray(size);
      const heard = isHeader ? { type: 'header', bytes: bytes.toString('hex') } : tidy(bytes);
      if (heard.type === 'transfer' && heard.channel === undefined) this.#transfers += 1;
      this.#heard.push(heard);
    }
    this.#awake();
  }

  raw(bytes: Buffer | string): void {
    if (!this.stream.destroyed) this.stream.write(typeof bytes === 'string' ? hex(bytes) : bytes);
  }

  /** A protocol header: 0 is AMQP, 3 SASL. */
  header(protocol = 0): void {
    this.raw(Buffer.from([0x41, 0x4d, 0x51, 0x50, protocol, 1, 0, 0]));
  }

  /** A performative or SASL frame by rhea's names. */
  send(name: string, fields: RheaFields = {}, options: SendOptions = {}): void {
    this.raw(frameOf(name, fields, options));
  }

  /** The next frame; throws if the connection ends before. */
  async next(): Promise<Heard> {
    while (this.#heard.length === 0) {
      if (this.#isGone) throw new Error('the connection is closed');
      await new Promise<void>((done) => {
        this.#awake = done;
      });
    }
    return this.#heard.shift() ?? this.next();
  }

  /** The next frame, which must be of this type; others in between are passed over if `skip` names them. */
  async expect(type: string, skip: readonly string[] = []): Promise<Heard> {
    for (;;) {
      const heard = await this.next();
      if (heard.type === type) return heard;
      if (!skip.includes(heard.type)) throw new Error(`${type} was expected, not ${JSON.stringify(heard)}`);
    }
  }

  /** Everything until the connection ends. */
  async rest(): Promise<Heard[]> {
    const all: Heard[] = [];
    for (;;) {
      try {
        all.push(await this.next());
      } catch {
        return all;
      }
    }
  }

  /** Header and open, both ways; then a session on channel 0. */
  async open(fields: RheaFields = {}): Promise<void> {
    this.header();
    this.send('open', { container_id: 'peer', ...fields });
    await this.expect('header');
    await this.expect('open');
    await this.begin();
  }

  async begin(channel = 0, fields: RheaFields = {}): Promise<void> {
    this.send('begin', { next_outgoing_id: 0, incoming_window: 2048, outgoing_window: 2048, ...fields }, { channel });
    await this.expect('begin');
  }

  /** Attaches a link on which this peer sends. Returns the credit that it gets. */
  async sender(address: string, handle = 0, fields: RheaFields = {}): Promise<number> {
    this.send('attach', {
      name: `to-${address}-${handle}`,
      handle,
      role: false,
      initial_delivery_count: 0,
      source: source({ address: 'here' }),
      target: target({ address }),
      ...fields,
    });
    await this.expect('attach');
    const { link_credit } = await this.expect('flow');
    return Number(link_credit);
  }

  /** Attaches a link on which this peer receives, and gives credit. */
  async receiver(address: string, handle: number, credit = 0, fields: RheaFields = {}): Promise<void> {
    this.send('attach', {
      name: `from-${address}-${handle}`,
      handle,
      role: true,
      source: source({ address }),
      target: target({ address: 'here' }),
      ...fields,
    });
    await this.expect('attach');
    if (credit > 0) this.credit(handle, credit);
  }

  credit(handle: number, link_credit: number, fields: RheaFields = {}): void {
    this.send('flow', { ...this.#windows(), handle, delivery_count: 0, link_credit, ...fields });
  }

  transfer(handle: number, delivery_id: number, payload: Buffer, fields: RheaFields = {}): void {
    this.send(
      'transfer',
      { handle, delivery_id, delivery_tag: Buffer.from([delivery_id]), message_format: 0, ...fields },
      { payload },
    );
  }

  /** Settles deliveries of the server. */
  settle(first: number, last: number, state: string, fields: RheaFields = {}): void {
    this.send('disposition', { role: true, first, last, settled: true, state: outcome(state, fields) });
  }

  /**
   * What has come by now, or until the connection ends: whatever was sent before is handled before a session of its own
   * has begun and ended.
   */
  async settled(): Promise<Heard[]> {
    this.send('flow', this.#windows());
    this.send('begin', { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 }, { channel: LAST_CHANNEL });
    this.send('end', {}, { channel: LAST_CHANNEL });
    const all: Heard[] = [];
    for (;;) {
      const heard = await this.next().catch(() => undefined);
      if (heard === undefined || (heard.type === 'end' && heard.channel === LAST_CHANNEL)) return all;
      if (heard.channel !== LAST_CHANNEL) all.push(heard);
    }
  }

  #windows(): RheaFields {
    return { next_incoming_id: this.#transfers, incoming_window: 2048, next_outgoing_id: 0, outgoing_window: 2048 };
  }

  async vanish(): Promise<void> {
    this.stream.destroy();
    await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.vanish();
  }
}

/** The bytes of a frame by rhea's names. */
export const frameOf = (name: string, fields: RheaFields = {}, { channel = 0, payload }: SendOptions = {}): Buffer => {
  const body = composite(name, fields);
  return frames.write_frame(
    name.startsWith('sasl_') ? frames.sasl_frame(body) : frames.amqp_frame(channel, body, payload),
  );
};

/** A message with a data section, as rhea encodes it. */
export const dataMessage = (data: Buffer | string, fields: RheaFields = {}): Buffer =>
  messages.encode({ ...fields, body: messages.data_section(Buffer.from(data)) });
