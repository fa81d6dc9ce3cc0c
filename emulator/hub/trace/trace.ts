import { isObject, type Json, type JsonObject } from '../../../protocol/json.ts';
import type { Via } from '../history/actors.ts';

/** Counts up when the form of traces changes. */
export const TRACE_VERSION = 1;

/** The first line of a trace. */
export interface TraceHead {
  readonly trace: typeof TRACE_VERSION;
  /** Of the emulator that wrote it. */
  readonly by: string;
  /** The time of the hub, ms since 1970. */
  readonly at: number;
  readonly clock: 'virtual' | 'system';
  /** The number of the latest event. */
  readonly event: number;
  /** How many rows of the state follow; earlier traces do not say. */
  readonly rows?: number;
  /** The options that decide what the hub does. */
  readonly options: JsonObject;
  /** Sessions that were open, with what they listen to. */
  readonly sessions: readonly Json[];
  /** Method calls that wait for their device. */
  readonly calls: readonly Json[];
  /** Who reads feedback and notifications of files. */
  readonly readers?: readonly { readonly of: ReaderKind; readonly holder: string; readonly reader: Json }[];
}

/** The rooms whose notices apps read over connections. */
export const READER_KINDS = ['feedback', 'files'] as const;
export type ReaderKind = (typeof READER_KINDS)[number];

/** A row of the state with which a trace begins. */
export interface TraceRow {
  readonly row: readonly [space: string, key: string, value: Json, place: number | null];
}

/** What a port of a server, such as a session, was asked within an input, and what clients did meanwhile. */
export interface PortCall {
  readonly call: string;
  /** What it answered, if anything. */
  readonly gave?: Json;
  readonly inputs?: readonly TraceInput[];
}

/** One input of the hub: an operation, a turn of its timers, or an advance of its clock. */
export interface TraceInput {
  /** Counts from 1. */
  readonly input: number;
  /** The time of the hub, ms since 1970. */
  readonly at: number;
  /** `room.method`; `timers`; `clock.advance`. */
  readonly op: string;
  readonly args?: readonly Json[];
  /** Who asked, if a server said so. */
  readonly by?: string;
  /** The request of the service API, or of a device over HTTPS, by which it came. */
  readonly via?: Via;
  readonly calls?: readonly PortCall[];
  /** It is the rest of an input that a replay divides; never in a trace. */
  readonly goesOn?: true;
}

/** An event that an input has caused: number, type, subject, and a hash of all of it. */
export interface TraceEvent {
  readonly event: readonly [number: number, type: string, subject: string, hash: number];
}

/** The state was replaced as a whole; its rows follow. */
export interface TraceRestore {
  readonly restored: number;
  /** How many follow; earlier traces do not say. */
  readonly rows?: number;
  /** The time of the hub, ms since 1970; earlier traces have that of the input before. */
  readonly at?: number;
}

/** The last line of a trace that was ended properly. */
export interface TraceEnd {
  readonly end: { readonly inputs: number; readonly event: number; readonly at: number; readonly export: number };
}

export type TraceLine = TraceHead | TraceRow | TraceInput | TraceEvent | TraceRestore | TraceEnd;

/** 32 bytes of zeros in base64: what stands for every key. */
export const MASK = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';

const SECRETS = new Set(['primaryKey', 'secondaryKey']);
/** Of endpoints of routes: they may have keys in them. */
const ADDRESSES = new Set(['connectionString', 'endpointUri', 'endpointUrl']);
const KEYS = /(AccountKey=|SharedAccessKey=|SharedAccessSignature=|[?&](?:sig|code|key|token)=)[^;&]+/gi;
/** Of imports and exports. */
const CONTAINERS = new Set(['input', 'output']);
const SIGNATURE = /^(https?:[^?]*\?(?:.*&)?sig=)[^&]+/;

/** The text of a value without secrets. */
export const maskedText = (value: unknown): string =>
  JSON.stringify(value, (name, member: unknown) => {
    if (typeof member !== 'string' || member === '') return member;
    if (SECRETS.has(name)) return MASK;
    if (CONTAINERS.has(name)) return member.replace(SIGNATURE, `$1${MASK}`);
    return ADDRESSES.has(name) ? member.replace(KEYS, `$1${MASK}`) : member;
  });

/** The same, with members in the order of their names: rows that were loaded may have another order. */
export const canonicalText = (value: unknown): string => maskedText(sorted(JSON.parse(maskedText(value))));

const sorted = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name] ?? null)]),
  );
};

/** FNV-1a over UTF-16 code units. */
export const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};
