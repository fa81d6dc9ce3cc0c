import { createRequire } from 'node:module';

/** What rhea's reader and writer make of a value. */
export interface RheaTyped {
  readonly type: { readonly name: string; readonly typecode: number };
  readonly value: unknown;
  readonly descriptor?: RheaTyped;
}

export type RheaFields = Readonly<Record<string, unknown>>;

interface RheaComposite extends RheaFields {
  described(): RheaTyped;
}

export interface RheaFrame {
  readonly channel: number;
  readonly performative?: RheaComposite;
  readonly payload?: Buffer;
}

interface Types {
  readonly Reader: new (bytes: Buffer) => { read(): RheaTyped; remaining(): number };
  readonly Writer: new () => { write(value: RheaTyped): void; toBuffer(): Buffer };
  unwrap(value: RheaTyped, leaveDescribed?: boolean): unknown;
  wrap(value: unknown): RheaTyped;
  described(descriptor: RheaTyped, value: RheaTyped): RheaTyped;
  readonly [create: string]: unknown;
}

interface Frames {
  readonly TYPE_SASL: number;
  amqp_frame(channel: number, performative?: RheaComposite, payload?: Buffer): object;
  sasl_frame(performative: RheaComposite): object;
  write_frame(frame: object): Buffer;
  read_frame(bytes: Buffer): RheaFrame;
  readonly [create: string]: unknown;
}

interface Messages {
  encode(message: object): Buffer;
  decode(bytes: Buffer): RheaFields;
  data_section(bytes: Buffer): object;
  data_sections(bytes: readonly Buffer[]): object;
  sequence_section(items: readonly unknown[]): object;
  unwrap_outcome(value: RheaTyped): RheaFields;
  readonly [create: string]: unknown;
}

interface Termini {
  source(fields: RheaFields): RheaComposite;
  target(fields: RheaFields): RheaComposite;
  unwrap(value: RheaTyped): RheaFields;
}

const require = createRequire(import.meta.url);

/** rhea's codec, which shares no line with ours: the second opinion. Its parts have no types of their own. */
export const types = require('rhea/lib/types.js') as Types;
export const frames = require('rhea/lib/frames.js') as Frames;
export const messages = require('rhea/lib/message.js') as Messages;
export const termini = require('rhea/lib/terminus.js') as Termini;

/** A performative or SASL frame body by rhea's name of it, such as `sasl_init`. */
export const composite = (name: string, fields: RheaFields): RheaComposite => {
  const create = frames[name] as (fields: RheaFields) => RheaComposite; // one function a frame
  return create(fields);
};

/** A delivery state by rhea's name of it. */
export const outcome = (name: string, fields: RheaFields = {}): RheaTyped => {
  const create = messages[name] as (fields: RheaFields) => RheaComposite; // one function a state
  return create(fields).described();
};

/** A value of a type by rhea's name of it, such as `Ulong`. */
export const typed = (name: string, ...args: readonly unknown[]): RheaTyped => {
  const create = types[name] as (...args: readonly unknown[]) => RheaTyped; // one function a type
  return create(...args);
};

export const source = (fields: RheaFields): RheaTyped => termini.source(fields).described();
export const target = (fields: RheaFields): RheaTyped => termini.target(fields).described();

export const written = (value: RheaTyped): Buffer => {
  const writer = new types.Writer();
  writer.write(value);
  return writer.toBuffer();
};

export const read = (bytes: Buffer): RheaTyped => new types.Reader(bytes).read();
