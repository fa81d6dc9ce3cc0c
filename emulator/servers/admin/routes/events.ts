import type { Journal } from '../../../hub/journal.ts';
import { plainEvent } from '../../../plain-event.ts';
import type { Traffic } from '../../traffic/traffic.ts';
import { streamEvents } from '../event-stream.ts';
import { type AdminRoute, adminRoute, Reply } from '../route.ts';
import { pushTraffic } from '../traffic-stream.ts';

/** One answer of the list. The next one begins after its last event. */
const PAGE_BYTES = 4 * 1024 * 1024;

/** What has happened: as a list, or as a stream that a client can resume. */
export const events = (journal: Journal, traffic?: Traffic): readonly AdminRoute[] => [
  adminRoute('GET /events', ({ query, headers }) => {
    // a browser reconnects with its first URL, and sends in the header how far it had come
    const since = journal.reached(Number(headers['last-event-id'] ?? query.since) || 0);
    if (query.format === 'json') return journal.page(since, PAGE_BYTES).map(plainEvent);
    const stream = streamEvents(journal, since, query.most);
    if (query.traffic === 'yes' && traffic !== undefined)
      stream.once('close', pushTraffic(traffic, stream, { most: query.most }));
    return new Reply({ status: 200, body: { type: 'text/event-stream', content: stream } });
  }),
];
