import { frames, messages, type RheaFields, type RheaTyped, termini } from './rhea-codec.ts';

/** A frame as rhea reads it, without fields that are null; or a protocol header. */
export type Heard = { readonly type: string } & RheaFields;

/** Reads the bytes of one frame. */
export const tidy = (bytes: Buffer): Heard => {
  const { channel, performative, payload } = frames.read_frame(bytes);
  if (performative === undefined) return { type: 'empty', channel };
  const [type = ''] = String(performative.constructor).split('#');
  return {
    type,
    ...(channel === 0 ? {} : { channel }),
    ...plain(performative),
    ...(payload === undefined ? {} : { payload }),
  };
};

/** Fields that are not null; those that rhea leaves as they are on the wire are read as well. */
const plain = (fields: RheaFields): RheaFields => {
  const seen: Record<string, unknown> = {};
  for (const name in fields) {
    if (name === 'value' || typeof fields[name] === 'function') continue;
    const value = read(name, fields[name]);
    if (value !== undefined && value !== null) seen[name] = value;
  }
  return seen;
};

const read = (name: string, value: unknown): unknown => {
  if (name === 'error' && value !== null && value !== undefined) return plain(value as RheaFields);
  if (isNull(value)) return undefined;
  if (!isTyped(value)) return value;
  if (name === 'state') {
    const state = messages.unwrap_outcome(value);
    return { type: String(state.constructor).split('#')[0], ...plain(state) };
  }
  return name === 'source' || name === 'target' ? plain(termini.unwrap(value)) : undefined;
};

const isTyped = (value: unknown): value is RheaTyped =>
  typeof value === 'object' && value !== null && 'descriptor' in value && value.descriptor !== undefined;

/** rhea's null, where it does not unwrap what it reads. */
const isNull = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'type' in value && 'value' in value && value.value === null;
