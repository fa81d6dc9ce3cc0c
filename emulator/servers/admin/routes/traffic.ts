import { Readable } from 'node:stream';
import { HubError } from '../../../../protocol/errors.ts';
import { parseSearch } from '../../../../protocol/search.ts';
import type { TrafficEntry } from '../../../../protocol/traffic.ts';
import { fits } from '../../../../protocol/traffic-search.ts';
import { detailOf, entryOf, type Traffic } from '../../traffic/traffic.ts';
import { type AdminRoute, adminRoute, Reply } from '../route.ts';
import { pushTraffic } from '../traffic-stream.ts';

/** What clients have asked, and what the hub has answered. */
export const traffic = (kept: Traffic): readonly AdminRoute[] => [
  adminRoute('GET /traffic', ({ query: { search, limit, format } }) => {
    const terms = parseSearch(search);
    const wanted = (entry: TrafficEntry): boolean => fits(entry, terms);
    if (format === 'json') return latest(kept, wanted, limit);
    const stream = new Readable({ read: () => {} });
    stream.push(': traffic\n\n');
    stream.once('close', pushTraffic(kept, stream, search === '' ? {} : { fits: wanted }));
    return new Reply({ status: 200, body: { type: 'text/event-stream', content: stream } });
  }),
  adminRoute('GET /traffic/:entry', ({ params }) => {
    const found = kept.find(Number(params.entry));
    if (found === undefined)
      throw new HubError('GenericNotFound', `There is no entry ${params.entry}, or it is no longer kept.`);
    return detailOf(found);
  }),
  adminRoute('DELETE /traffic', () => kept.clear()),
];

/** Oldest first. */
const latest = (kept: Traffic, wanted: (entry: TrafficEntry) => boolean, limit: number): readonly TrafficEntry[] => {
  const found: TrafficEntry[] = [];
  for (const each of kept.back()) {
    const entry = entryOf(each);
    if (wanted(entry)) found.push(entry);
    if (found.length >= limit) break;
  }
  return found.reverse();
};
