import type { Readable } from 'node:stream';
import { HubError } from '../../../protocol/errors.ts';
import type { LiveQuery, LiveUpdate } from '../../hub/query/live-query.ts';
import { runInSlices } from '../http/time-slices.ts';
import { serverSent } from './server-sent.ts';

/** Changes are sent in portions: no person reads faster, and the hub has more to do. */
const PORTION_MS = 100;
/** A query that takes longer is asked less often: it gets at most this part of the time, and about as much to write what it has found. */
const SHARE = 1 / 40;
/** Bytes that wait for a client that reads slowly. */
const MOST_WAITING = 256 * 1024;

/** Pushes the result of a live query and what becomes of it, as server-sent events, until either of them ends. */
export class LiveQueryStream {
  readonly #stream: Readable;
  readonly #query: LiveQuery;
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;
  #isDue = false;
  #pauseMs = PORTION_MS;

  constructor(stream: Readable, follow: (tell: () => void) => LiveQuery) {
    this.#stream = stream;
    this.#query = follow(() => this.#later());
    stream.once('close', () => {
      clearTimeout(this.#timer);
      this.#query.close();
    });
    this.#start();
  }

  #later(): void {
    this.#isDue = true;
    if (this.#isBusy || this.#stream.destroyed) return;
    this.#timer ??= setTimeout(() => this.#start(), this.#pauseMs).unref();
  }

  #start(): void {
    this.#send().catch((error: Error) => this.#stream.destroy(error));
  }

  async #send(): Promise<void> {
    this.#timer = undefined;
    this.#isBusy = true;
    this.#isDue = false;
    if (this.#stream.readableLength > MOST_WAITING) this.#isDue = true;
    else this.#push(await this.#take());
    this.#isBusy = false;
    if (this.#isDue) this.#later();
  }

  async #take(): Promise<LiveUpdate | undefined> {
    const started = performance.now();
    try {
      return await runInSlices(this.#query.take(), () => this.#stream.destroyed);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      return { type: 'end', why: error.hint ?? error.text };
    } finally {
      this.#pauseMs = Math.max(PORTION_MS, (performance.now() - started) / SHARE);
    }
  }

  #push(update: LiveUpdate | undefined): void {
    if (update === undefined || this.#stream.destroyed) return;
    const { type, ...data } = update;
    this.#stream.push(serverSent(type, data));
    if (type === 'end') this.#stream.push(null);
  }
}
