import type { Readable } from 'node:stream';
import type { TrafficEntry } from '../../../protocol/traffic.ts';
import { entryOf, type Kept, type Traffic } from '../traffic/traffic.ts';
import { serverSent } from './server-sent.ts';

/** Entries are sent in portions: no person reads faster, and the hub has more to do. */
const PORTION_MS = 50;
const MOST_IN_PORTION = 200;
/** Bytes that wait for a client that reads slowly. */
const MOST_WAITING = 256 * 1024;

/**
 * Adds what happens from now on to a stream, as server-sent events. If more happens than fits into a portion, those that were answered as
 * usual are left out first, the oldest of them before others. Returns the way to stop.
 */
export const pushTraffic = (
  traffic: Traffic,
  stream: Readable,
  fits: (entry: TrafficEntry) => boolean = () => true,
): (() => void) => {
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
    const entries = portion(traffic, sent).map(entryOf).filter(fits);
    sent = traffic.latest;
    if (entries.length > 0) stream.push(entries.map(asEvent).join(''));
  };
  const stop = traffic.follow(later);
  return () => {
    clearTimeout(timer);
    stop();
  };
};

/** Oldest first. */
const portion = (traffic: Traffic, after: number): readonly Kept[] => {
  let usual = 0;
  let unusual = 0;
  const chosen: Kept[] = [];
  for (const kept of traffic.back(after)) {
    const isUsual = kept.exchange.outcome === 'ok';
    const room = isUsual ? usual < MOST_IN_PORTION : unusual < MOST_IN_PORTION;
    if (isUsual) usual += 1;
    else unusual += 1;
    if (room) chosen.push(kept);
  }
  return chosen.reverse();
};

const asEvent = (entry: TrafficEntry): string => serverSent('traffic', entry);
