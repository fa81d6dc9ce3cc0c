import { PassThrough } from 'node:stream';
import type { Json } from '../../../../protocol/json.ts';
import type { Published } from '../../../hub/events.ts';
import type { Journal } from '../../../hub/journal.ts';
import { ok } from '../../http/answer.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** A reader that lags behind by more is let go; it can come back with `Last-Event-ID`. */
const MOST_WAITING = 4 * 1024 * 1024;

/** What has happened: as a list, or as a stream that can be taken up again where it broke off. */
export const events = (journal: Journal): readonly AdminRoute[] => [
  adminRoute('GET /events', {}, ({ query, headers }) => {
    const since = Number(headers['last-event-id'] ?? query.get('since') ?? 0) || 0;
    if (query.get('format') === 'json') return ok(journal.since(since).map(shown));
    const stream = new PassThrough({ highWaterMark: MOST_WAITING });
    stream.write(': events\n\n');
    const stop = journal.follow(since, (event) => {
      stream.write(`id: ${event.sequence}\nevent: ${event.type}\ndata: ${JSON.stringify(shown(event))}\n\n`);
      if (stream.writableLength > MOST_WAITING) stream.destroy();
    });
    stream.once('close', stop);
    return { status: 200, body: { type: 'text/event-stream', content: stream } };
  }),
];

/** As plain JSON: a message's body as text, times in ISO 8601; a twin is left out, since it can be asked for. */
export const shown = (event: Published): Json => {
  const { at, ...rest } = event;
  const text = JSON.stringify({ ...rest, time: new Date(at).toISOString() }, (key, value: unknown) => {
    if (key === 'twin' || key === 'identity') return undefined;
    return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value;
  });
  return JSON.parse(text);
};
