import { setPriority } from 'node:os';
import { MOST_EVENTS } from '../../emulator/explorer/api/most-events.ts';
import type { Info } from '../../protocol/admin/server.ts';
import { serve } from './serve.ts';

/** Reads the feed of a hub as its page does, and takes processor time only where others leave some. */
setPriority(19);

/** What has come since the feed was opened. */
interface Received {
  /** Events and entries of traffic in full. */
  events: number;
  /** Of which the hub said only how many there were. */
  missed: number;
}
let received: Received = { events: 0, missed: 0 };
let reading = new AbortController();

const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) take(block);
  }
};

const take = (block: string): void => {
  const at = block.indexOf('data: ');
  if (at < 0) return;
  const data = JSON.parse(block.slice(at + 6));
  if (data.type === 'missed') received.missed += data.count;
  else received.events += 1;
};

serve({
  /** `url`: of the admin API. */
  open: async (url) => {
    received = { events: 0, missed: 0 };
    reading = new AbortController();
    const { lastEvent } = (await (await fetch(`${url}/info`)).json()) as Info; // the API's own answer
    const feed = `${url}/events?since=${lastEvent}&most=${MOST_EVENTS}&traffic=yes`;
    const { body } = await fetch(feed, { signal: reading.signal });
    // ends when the bench closes it
    if (body !== null) read(body).catch(() => {});
  },
  close: () => {
    reading.abort();
    return received;
  },
});
