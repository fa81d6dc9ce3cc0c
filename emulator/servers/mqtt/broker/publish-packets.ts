import type { Incoming } from './application.ts';

/** Reads valid, whole PUBLISH packets, one after the other: MQTT 3.1.1, 3.3. */
export const readPublishes = (packets: Buffer, take: (message: Incoming) => void): void => {
  for (let at = 0; at < packets.length; ) at = readPublish(packets, at, take);
};

/** Returns the index after the packet at `at`. */
const readPublish = (packets: Buffer, at: number, take: (message: Incoming) => void): number => {
  const first = packets[at] ?? 0;
  let start = at + 1;
  let remaining = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = packets[start++] ?? 0;
    remaining |= (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) break;
  }
  const end = start + remaining;
  const topicEnd = start + 2 + packets.readUInt16BE(start);
  const hasId = (first & QOS) !== 0;
  take({
    topic: packets.toString('utf8', start + 2, topicEnd),
    payload: packets.subarray(hasId ? topicEnd + 2 : topicEnd, end),
    retain: (first & RETAIN) !== 0,
    messageId: hasId ? packets.readUInt16BE(topicEnd) : undefined,
  });
  return end;
};

const RETAIN = 1;
const QOS = 6;
