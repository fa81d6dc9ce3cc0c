import type { Ending } from '../application.ts';
import { AmqpError } from '../errors.ts';
import type { Begin, Performative } from '../frames/performatives.ts';
import { Session } from '../session/session.ts';
import type { SessionHost } from '../session/session-host.ts';
import type { Flushable } from '../transport/outbox.ts';

/** The sessions of a connection. Both peers use the same channel for a session. */
export class Channels {
  readonly #host: SessionHost;
  readonly #sessions = new Map<number, Session>();
  /** Channels whose session has ended. Some clients still send on them, and that is ignored. */
  #ended: Set<number> | undefined;
  /** Sessions with dispositions to write before the next flush. */
  #unflushed: Flushable[] = [];

  constructor(host: SessionHost) {
    this.#host = host;
  }

  /** Handles a frame of a session. Throws AmqpError for a channel without a session. */
  handle(channel: number, performative: Exclude<Performative, { type: 'open' | 'close' }>, payload: Buffer): void {
    if (performative.type === 'begin') this.#begin(channel, performative);
    else {
      const session = this.#sessions.get(channel);
      if (session !== undefined) session.handle(performative, payload);
      else if (performative.type === 'attach' || this.#ended?.has(channel) !== true)
        throw new AmqpError('amqp:not-allowed', `${performative.type} on channel ${channel}, which has no session`);
    }
  }

  /** Part 2 §2.5.1. When a session has ended, its channel can be used again at once. */
  #begin(channel: number, begin: Begin): void {
    const { channelMax } = this.#host.limits;
    if (channel > channelMax)
      throw new AmqpError('amqp:connection:framing-error', `Channel ${channel} is above channel-max ${channelMax}`);
    if (this.#sessions.has(channel))
      throw new AmqpError('amqp:not-allowed', `Channel ${channel} already has a session`);
    this.#ended?.delete(channel);
    this.#sessions.set(channel, new Session(this.#host, channel, begin));
  }

  /** Both peers have ended a session. */
  free(channel: number): void {
    this.#sessions.delete(channel);
    this.#ended ??= new Set();
    this.#ended.add(channel);
  }

  awaitFlush(session: Flushable): void {
    this.#unflushed.push(session);
  }

  flush(): void {
    if (this.#unflushed.length === 0) return;
    for (const session of this.#unflushed) session.flush();
    this.#unflushed = [];
  }

  /** Links may send again. */
  resume(): void {
    for (const session of this.#sessions.values()) session.resume();
  }

  over(ending: Ending): void {
    for (const session of this.#sessions.values()) session.over(ending);
    this.#sessions.clear();
  }
}
