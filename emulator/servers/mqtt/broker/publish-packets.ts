import type { Incoming } from './application.ts';

/** Reads valid, whole PUBLISH packets, one after the other: MQTT 3.1.1, 3.3. */
export const readPublishes = (packets: Buffer, take: (message: Incoming) => void): void => {
  for (let at = 0; at < packets.length; ) {
    const end = endOf(packets, at);
    take(readPublish(at === 0 && end === packets.length ? packets : packets.subarray(at, end)));
    at = end;
  }
};

/** Reads one of them. */
export const readPublish = (packet: Buffer): Incoming => {
  const first = packet[0] ?? 0;
  let start = 1;
  while (((packet[start++] ?? 0) & 0x80) !== 0); // the remaining length
  const topicEnd = start + 2 + packet.readUInt16BE(start);
  const hasId = (first & QOS) !== 0;
  return {
    topic: packet.toString('utf8', start + 2, topicEnd),
    payload: packet.subarray(hasId ? topicEnd + 2 : topicEnd),
    retain: (first & RETAIN) !== 0,
    messageId: hasId ? packet.readUInt16BE(topicEnd) : undefined,
    packet,
  };
};

/** Index after the packet at `at`. */
const endOf = (packets: Buffer, at: number): number => {
  let start = at + 1;
  let remaining = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = packets[start++] ?? 0;
    remaining |= (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) return start + remaining;
  }
};

const RETAIN = 1;
const QOS = 6;
