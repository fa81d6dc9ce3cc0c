import type { AmqpApplication, AmqpConnection, Peer } from '../application.ts';
import type { Limits } from '../limits.ts';
import type { Flushable } from '../transport/outbox.ts';
import type { Output } from '../transport/output.ts';
import type { Usage } from '../usage.ts';

/** What a session needs of its connection. */
export interface SessionHost extends AmqpConnection {
  readonly application: AmqpApplication;
  readonly limits: Limits;
  readonly output: Output;
  /** `frameSize`: the largest frame that both peers take. */
  readonly peer: Peer & { readonly frameSize: number };
  readonly usage: Usage;
  /** The session has dispositions to write before the next flush. */
  awaitFlush(session: Flushable): void;
  /** All links can try to send again. */
  resumeSending(): void;
  fault(error: unknown): void;
  /** Both peers have ended the session: its channel is free. */
  sessionOver(session: { readonly channel: number }): void;
}

/** Runs a function that frees deliveries. If the connection was at its limit, all links can send again. */
export const freeing = (host: SessionHost, run: () => void): void => {
  const wasFull = host.usage.unsettledRoom <= 0;
  run();
  if (wasFull) host.resumeSending();
};
