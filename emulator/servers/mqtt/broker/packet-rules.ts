import { isUtf8 } from 'node:buffer';
import { LIMITS } from '../../../../protocol/limits.ts';

// http://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html: the numbers below are its conformance statements

/** Control packet types. */
export const TYPE = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  pingreq: 12,
  disconnect: 14,
} as const;

export const MAX_PAYLOAD = LIMITS.azure.telemetryBytes;
/** Largest remaining length: a payload with the longest topic and a packet id. */
export const MAX_REMAINING = MAX_PAYLOAD + 2 + 0xffff + 2;
/** Largest CONNECT, bytes: clients that are not authenticated yet must cost little. */
export const MAX_CONNECT = 16 * 1024;

/** The parts of a packet in a buffer. */
export interface Frame {
  readonly bytes: Buffer;
  /** Index of the variable header. */
  readonly start: number;
  /** Index after the payload. */
  readonly end: number;
  /** First byte of the fixed header. */
  readonly first: number;
}

/** How a client's packet breaks MQTT 3.1.1 or the hub's own rules; undefined if it does not. */
export const violationOf = (frame: Frame): string | undefined => {
  switch (frame.first >> 4) {
    case TYPE.publish:
      return publishViolation(frame);
    case TYPE.puback:
      return flags(frame, 0) ?? (frame.end - frame.start === 2 ? idViolation(frame) : 'PUBACK of a wrong length');
    case TYPE.subscribe:
      return flags(frame, 2) ?? filtersViolation(frame, true);
    case TYPE.unsubscribe:
      return flags(frame, 2) ?? filtersViolation(frame, false);
    case TYPE.pingreq:
    case TYPE.disconnect:
      return flags(frame, 0) ?? (frame.end === frame.start ? undefined : 'a packet that should be empty is not');
    case TYPE.connect:
      return flags(frame, 0) ?? connectViolation(frame);
    default:
      return 'a packet that clients of this hub do not send'; // QoS 2 included
  }
};

/** Protocol level of a CONNECT, 4 for MQTT 3.1.1; undefined if it is missing. */
export const levelOf = ({ bytes, start, end }: Frame): number | undefined => {
  const next = textEnd(bytes, start, end);
  return next === undefined || next >= end ? undefined : bytes[next];
};

/** True if `bytes` hold a packet to its end, by its remaining length. */
export const isWholePacket = (bytes: Buffer): boolean => {
  let remaining = 0;
  for (let i = 1; i < bytes.length && i <= 4; i += 1) {
    const byte = bytes[i] ?? 0;
    remaining += (byte & 0x7f) * 128 ** (i - 1);
    if ((byte & 0x80) === 0) return bytes.length >= i + 1 + remaining;
  }
  return false;
};

const publishViolation = ({ bytes, start, end, first }: Frame): string | undefined => {
  const qos = (first >> 1) & 3;
  if (qos === 2) return 'a PUBLISH with QoS 2, which the hub does not serve';
  if (qos === 3) return 'a PUBLISH with QoS 3'; // [MQTT-3.3.1-4]
  if (qos === 0 && (first & 8) !== 0) return 'a PUBLISH with QoS 0 and DUP'; // [MQTT-3.3.1-2]
  const next = textEnd(bytes, start, end);
  if (next === undefined || next === start + 2) return 'a PUBLISH without a valid topic';
  for (let i = start + 2; i < next; i += 1)
    if (bytes[i] === 0x23 || bytes[i] === 0x2b) return 'a PUBLISH to a wildcard'; // [MQTT-3.3.2-2]
  const payload = qos === 0 ? next : next + 2;
  if (payload > end) return 'a PUBLISH that ends too early';
  if (qos === 1 && bytes.readUInt16BE(next) === 0) return 'packet id 0'; // [MQTT-2.3.1-1]
  return end - payload > MAX_PAYLOAD ? `a message of more than ${MAX_PAYLOAD} bytes` : undefined;
};

const filtersViolation = ({ bytes, start, end }: Frame, withQos: boolean): string | undefined => {
  if (start + 2 > end || bytes.readUInt16BE(start) === 0) return 'packet id 0';
  let at = start + 2;
  if (at === end) return 'an empty list of topic filters'; // [MQTT-3.8.3-3], [MQTT-3.10.3-2]
  while (at < end) {
    const next = textEnd(bytes, at, end);
    if (next === undefined || next === at + 2 || !areWildcardsAlone(bytes.subarray(at + 2, next)))
      return 'an invalid topic filter';
    at = next;
    if (!withQos) continue;
    const qos = at < end ? (bytes[at] ?? 3) : 3;
    if (qos > 2) return 'an invalid QoS in SUBSCRIBE'; // [MQTT-3-8.3-4]
    // the hub grants at most 1, and aedes grants what it reads
    if (qos === 2) bytes[at] = 1;
    at += 1;
  }
  return undefined;
};

const [SLASH, HASH, PLUS] = [0x2f, 0x23, 0x2b];

/** `+` is a whole level; `#` is the last one. [MQTT-4.7.1-2], [MQTT-4.7.1-3]. */
const areWildcardsAlone = (filter: Buffer): boolean =>
  filter.every((byte, i) => {
    if (byte !== HASH && byte !== PLUS) return true;
    const isLast = i === filter.length - 1;
    return (i === 0 || filter[i - 1] === SLASH) && (isLast || (byte === PLUS && filter[i + 1] === SLASH));
  });

const connectViolation = ({ bytes, start, end }: Frame): string | undefined => {
  const name = textEnd(bytes, start, end);
  if (name === undefined || name + 4 > end) return 'a CONNECT that ends too early';
  if (bytes.toString('latin1', start + 2, name) !== 'MQTT') return 'a CONNECT for another protocol';
  const connectFlags = bytes[name + 1] ?? 1;
  const has = (bit: number): boolean => (connectFlags & bit) !== 0;
  const willQos = (connectFlags >> 3) & 3;
  if (has(0x01)) return 'a reserved CONNECT flag'; // [MQTT-3.1.2-3]
  if (has(0x04) ? willQos === 3 : willQos !== 0 || has(0x20)) return 'contradicting will flags'; // [MQTT-3.1.2-11…15]
  if (has(0x40) && !has(0x80)) return 'a password without a user name'; // [MQTT-3.1.2-22]
  let at: number | undefined = textEnd(bytes, name + 4, end);
  if (at !== undefined && has(0x04)) at = textEnd(bytes, at, end);
  if (at !== undefined && has(0x04)) at = binaryEnd(bytes, at, end);
  if (at !== undefined && has(0x80)) at = textEnd(bytes, at, end);
  if (at !== undefined && has(0x40)) at = binaryEnd(bytes, at, end);
  return at === end ? undefined : 'a CONNECT whose fields do not fill it';
};

const flags = ({ first }: Frame, wanted: number): string | undefined =>
  (first & 15) === wanted ? undefined : 'reserved flags in a fixed header'; // [MQTT-2.2.2-2]

const idViolation = ({ bytes, start }: Frame): string | undefined =>
  bytes.readUInt16BE(start) === 0 ? 'packet id 0' : undefined;

const binaryEnd = (bytes: Buffer, at: number, end: number): number | undefined => {
  if (at + 2 > end) return undefined;
  const next = at + 2 + bytes.readUInt16BE(at);
  return next > end ? undefined : next;
};

/** Index after a text, if it is UTF-8 without NUL: [MQTT-1.5.3-1], [MQTT-1.5.3-2]. */
const textEnd = (bytes: Buffer, at: number, end: number): number | undefined => {
  const next = binaryEnd(bytes, at, end);
  if (next === undefined) return undefined;
  let ascii = true;
  for (let i = at + 2; i < next; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte === 0) return undefined;
    if (byte > 0x7f) ascii = false;
  }
  return ascii || isUtf8(bytes.subarray(at + 2, next)) ? next : undefined;
};
