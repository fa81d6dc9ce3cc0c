import { isUtf8 } from 'node:buffer';
import { PassThrough } from 'node:stream';
import * as z from 'zod';
import type { Json } from '../../../../protocol/json.ts';
import type { Entry, Journal } from '../../../hub/journal.ts';
import { ok } from '../../http/answer.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** A reader that lags behind by more is let go; it can come back with `Last-Event-ID`. */
const MOST_WAITING = 4 * 1024 * 1024;

const EVENTS = {
  summary: 'What has happened, as a stream that goes on or as a list',
  query: z.strictObject({
    since: z.coerce.number().default(0).describe('Events after this number; the header Last-Event-ID wins'),
    format: z.enum(['stream', 'json']).default('stream'),
  }),
  answers: ['text/event-stream', 'application/json'],
};

/** What has happened: as a list, or as a stream that can be taken up again where it broke off. */
export const events = (journal: Journal): readonly AdminRoute[] => [
  adminRoute('GET /events', EVENTS, ({ query, headers }) => {
    // browsers ask again with the address that they had, and say in the header how far they came
    const since = journal.reached(Number(headers['last-event-id'] ?? query.since) || 0);
    if (query.format === 'json') return ok(journal.since(since).map(shown));
    const stream = new PassThrough({ highWaterMark: MOST_WAITING });
    stream.write(': events\n\n');
    const missed = journal.missed(since);
    if (missed > 0) stream.write(`event: missed\ndata: ${JSON.stringify({ type: 'missed', count: missed })}\n\n`);
    const stop = journal.follow(since, (event) => {
      stream.write(`id: ${event.sequence}\nevent: ${event.type}\ndata: ${JSON.stringify(shown(event))}\n\n`);
      if (stream.writableLength > MOST_WAITING) stream.destroy();
    });
    stream.once('close', stop);
    return { status: 200, body: { type: 'text/event-stream', content: stream } };
  }),
];

/** As plain JSON: a message's body as text, or as `{"base64": …}` if it is none, times in ISO 8601. */
export const shown = (entry: Entry): Json => {
  const { at, ...rest } = entry;
  return JSON.parse(JSON.stringify({ ...rest, time: new Date(at).toISOString() }, plain));
};

function plain(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const original = this[key]; // a Buffer has become an object of numbers before it is shown here
  if (!(original instanceof Uint8Array)) return value;
  const bytes = Buffer.from(original);
  return isUtf8(bytes) ? bytes.toString('utf8') : { base64: bytes.toString('base64') };
}
