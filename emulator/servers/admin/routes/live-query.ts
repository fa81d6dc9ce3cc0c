import { Readable } from 'node:stream';
import { HubError } from '../../../../protocol/errors.ts';
import type { Hub } from '../../../hub/hub.ts';
import { LiveQueryStream } from '../live-query-stream.ts';
import { type AdminRoute, adminRoute, Reply } from '../route.ts';

/** Each keeps its result, and costs a little with every write. */
const MOST_AT_ONCE = 20;
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** Results that follow the twins. */
export const liveQuery = (hub: Hub): readonly AdminRoute[] => {
  let open = 0;
  return [
    adminRoute('GET /live-query', ({ query: { query: text, limit } }) => {
      const query = hub.queries.parse(text);
      if (open >= MOST_AT_ONCE)
        throw new HubError('GenericTooManyRequests', `${MOST_AT_ONCE} live queries are open: close one of them.`);
      const stream = new Readable({ read: () => {} });
      stream.push(': rows\n\n');
      open++;
      stream.once('close', () => open--);
      const limits = { rows: limit, characters: MOST_CHARACTERS };
      new LiveQueryStream(stream, (tell) => hub.queries.live(query, limits, tell));
      return new Reply({ status: 200, body: { type: 'text/event-stream', content: stream } });
    }),
  ];
};
