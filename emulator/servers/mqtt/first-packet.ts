import type { Duplex } from 'node:stream';
import { isWholePacket, MAX_CONNECT } from './broker/packet-rules.ts';

/** What a CONNECT says about the client. */
export interface ConnectNames {
  readonly clientId: string;
  readonly password: string | undefined;
}

/** How long the first packet may take, ms. */
const TIMEOUT_MS = 10_000;
/** A fixed header has at most five bytes. */
const MOST_BYTES = MAX_CONNECT + 5;

/**
 * Reads the first packet of a connection, which stays readable, and calls back; with undefined if it is not a CONNECT that can
 * be read. Drops a connection that does not send one in time.
 */
export const readFirstPacket = (stream: Duplex, done: (names: ConnectNames | undefined) => void): void => {
  let seen = Buffer.alloc(0);
  const timer = setTimeout(() => stream.destroy(), TIMEOUT_MS).unref();
  const finish = (): void => {
    clearTimeout(timer);
    stream.off('readable', peek);
    stream.off('end', finish);
    stream.off('close', leave);
    if (seen.length > 0) stream.unshift(seen);
    done(readConnect(seen));
  };
  const peek = (): void => {
    for (let bytes: Buffer | null = stream.read(); bytes !== null; bytes = stream.read()) {
      seen = Buffer.concat([seen, bytes]);
      if (!isWholePacket(seen) && seen.length <= MOST_BYTES) continue;
      finish();
      return;
    }
  };
  const leave = (): void => clearTimeout(timer);
  stream.on('readable', peek);
  stream.on('end', finish);
  stream.on('close', leave);
};

const CONNECT = 0x10;
const HAS_WILL = 0x04;
const HAS_PASSWORD = 0x40;
const HAS_USER_NAME = 0x80;

/** Undefined for anything else. http://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html#_Toc398718028 */
export const readConnect = (packet: Buffer): ConnectNames | undefined => {
  if (packet[0] !== CONNECT || !isWholePacket(packet)) return undefined;
  let at = 2;
  while (((packet[at - 1] ?? 0) & 0x80) !== 0) at += 1;
  const field = (): Buffer => {
    const length = packet.readUInt16BE(at);
    at += 2 + length;
    return packet.subarray(at - length, at);
  };
  try {
    field(); // the protocol's name
    const flags = packet.readUInt8(at + 1);
    at += 4; // level, flags, keep-alive
    const clientId = field().toString();
    if ((flags & HAS_WILL) !== 0) for (const _ of ['topic', 'message']) field();
    if ((flags & HAS_USER_NAME) !== 0) field();
    return { clientId, password: (flags & HAS_PASSWORD) === 0 ? undefined : field().toString() };
  } catch {
    return undefined; // it ends too early
  }
};
