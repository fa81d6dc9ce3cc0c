import type { Readable } from 'node:stream';
import type { TrafficEntry } from '../../../protocol/traffic.ts';
import { entryOf, type Traffic } from '../traffic/traffic.ts';
import { serverSent } from './server-sent.ts';

/** Entries are sent in portions: no person reads faster, and the hub has more to do. */
const PORTION_MS = 50;
const MOST_IN_PORTION = 200;
/** Bytes that wait for a client that reads slowly. */
const MOST_WAITING = 256 * 1024;

interface Wanted {
  readonly fits?: (entry: TrafficEntry) => boolean;
  /** In 100 ms, of those that were answered as usual, and as many others. */
  readonly most?: number | undefined;
}

/**
 * Adds what happens from now on to a stream, as server-sent events. If more happens than fits into a portion, those that were answered as
 * usual are left out first, the oldest of them before others, and their number is said. Returns the way to stop.
 */
export const pushTraffic = (traffic: Traffic, stream: Readable, { fits, most }: Wanted): (() => void) => {
  const portion = most === undefined ? MOST_IN_PORTION : Math.ceil((most * PORTION_MS) / 100);
  let sent = traffic.latest;
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    timer ??= setTimeout(send, PORTION_MS).unref();
  };
  const send = (): void => {
    timer = undefined;
    if (stream.readableLength > MOST_WAITING) {
      later(); // the client reads more slowly
      return;
    }
    const { kept, leftOut } = traffic.after(sent, portion, fits && ((one) => fits(entryOf(one))));
    sent = traffic.latest;
    const texts = kept.map((one) => asEvent(entryOf(one)));
    if (leftOut > 0) texts.push(asMissed(leftOut));
    if (texts.length > 0) stream.push(texts.join(''));
  };
  const stop = traffic.follow(later);
  return () => {
    clearTimeout(timer);
    stop();
  };
};

const asEvent = (entry: TrafficEntry): string => serverSent('traffic', entry);

const asMissed = (count: number): string => serverSent('missed', { type: 'missed', count, types: { traffic: count } });
