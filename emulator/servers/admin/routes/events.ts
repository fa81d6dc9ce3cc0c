import { Readable } from 'node:stream';
import type { Event } from '../../../../protocol/admin/events.ts';
import { put } from '../../../../protocol/json.ts';
import type { Entry, Journal } from '../../../hub/journal.ts';
import type { Traffic } from '../../traffic/traffic.ts';
import { plainBody } from '../plain-body.ts';
import { type AdminRoute, adminRoute, Reply } from '../route.ts';
import { serverSent } from '../server-sent.ts';
import { pushTraffic } from '../traffic-stream.ts';

/** One answer of the list. The next one begins after its last event. */
const PAGE_BYTES = 4 * 1024 * 1024;
/** What waits for a client that reads slowly; the rest stays in the journal. */
const WAITING_BYTES = 256 * 1024;
/** Events are written together: one write for each would cost the hub more than what it does. */
const PORTION_MS = 10;

/** What has happened: as a list, or as a stream that a client can resume. */
export const events = (journal: Journal, traffic?: Traffic): readonly AdminRoute[] => [
  adminRoute('GET /events', ({ query, headers }) => {
    // a browser reconnects with its first URL, and sends in the header how far it had come
    const since = journal.reached(Number(headers['last-event-id'] ?? query.since) || 0);
    if (query.format === 'json') return journal.page(since, PAGE_BYTES).map(plainEvent);
    const stream = streamOf(journal, since);
    if (query.traffic === 'yes' && traffic !== undefined) stream.once('close', pushTraffic(traffic, stream));
    return new Reply({ status: 200, body: { type: 'text/event-stream', content: stream } });
  }),
];

const streamOf = (journal: Journal, since: number): Readable => {
  let reached = since;
  const stream = new Readable({ highWaterMark: WAITING_BYTES, read: () => go() });
  /** Adds what the stream has room for. What the journal has lost meanwhile is said, and the stream goes on. */
  const go = (): void => {
    let hasRoom = true;
    while (hasRoom) {
      const missed = journal.missed(reached);
      if (missed > 0) stream.push(serverSent('missed', { type: 'missed', count: missed }));
      // said once, also where nothing has followed yet
      reached += missed;
      const entries = journal.page(reached, WAITING_BYTES);
      if (entries.length === 0) return;
      reached = entries.at(-1)?.sequence ?? reached;
      hasRoom = stream.push(entries.map(textOf).join(''));
    }
  };
  stream.push(': events\n\n');
  let timer: NodeJS.Timeout | undefined;
  const send = (): void => {
    timer = undefined;
    if (stream.readableLength < WAITING_BYTES) go();
  };
  const stop = journal.watch(() => {
    timer ??= setTimeout(send, PORTION_MS).unref();
  });
  stream.once('close', () => {
    clearTimeout(timer);
    stop();
  });
  return stream;
};

const textOf = (entry: Entry): string => serverSent(entry.type, plainEvent(entry), entry.sequence);

/** As plain JSON, times in ISO 8601. */
const plainEvent = (entry: Entry): Event => {
  const { at, ...rest } = entry;
  return plain({ ...rest, time: new Date(at).toISOString() }) as Event; // what the schema of events describes
};

/** JSON.stringify would make a list of numbers of bytes first, which takes a thousand times as long. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return plainBody(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const copy = {};
  for (const [name, member] of Object.entries(value)) if (member !== undefined) put(copy, name, plain(member));
  return copy;
};
