import { Readable } from 'node:stream';
import type { Entry, Journal } from '../../hub/journal.ts';
import { plainEvent } from '../../plain-event.ts';
import { EventThinner } from './event-thinner.ts';
import { serverSent } from './server-sent.ts';

/** What waits for a client that reads slowly; the rest stays in the journal. */
const WAITING_BYTES = 256 * 1024;
/** Events are written together: one write for each would cost the hub more than what it does. */
const PORTION_MS = 10;
/** For clients that want so many events of each type at most: the time for which they say it, and their portions. */
const WINDOW_MS = 100;
const THIN_PORTION_MS = 50;

/** Events after `since` as server-sent events, as they happen; of those from now on at most so many of each type in 100 ms. */
export const streamEvents = (journal: Journal, since: number, most = Number.POSITIVE_INFINITY): Readable => {
  const isThin = most < Number.POSITIVE_INFINITY;
  const portionMs = isThin ? THIN_PORTION_MS : PORTION_MS;
  const thinner = new EventThinner(most);
  const before = journal.latest;
  let reached = since;
  const fits = (entry: Entry): boolean => !isThin || entry.sequence <= before || thinner.passes(entry);
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
      const text = entries.filter(fits).map(textOf).join('');
      if (text !== '') hasRoom = stream.push(text);
    }
  };
  stream.push(': events\n\n');
  let timer: NodeJS.Timeout | undefined;
  const send = (): void => {
    timer = undefined;
    if (stream.readableLength < WAITING_BYTES) go();
  };
  const stop = journal.watch(() => {
    timer ??= setTimeout(send, portionMs).unref();
  });
  // a client that resumes from here does not get again what was counted
  const endWindow = (): void => {
    const missed = thinner.next();
    if (missed !== undefined) stream.push(serverSent('missed', missed, reached));
  };
  const windows = isThin ? setInterval(endWindow, WINDOW_MS).unref() : undefined;
  stream.once('close', () => {
    clearTimeout(timer);
    clearInterval(windows);
    stop();
  });
  return stream;
};

const textOf = (entry: Entry): string => serverSent(entry.type, plainEvent(entry), entry.sequence);
