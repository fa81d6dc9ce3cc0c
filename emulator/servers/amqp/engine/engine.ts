import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../../../kernel/clock.ts';
import { FairTurns } from '../../fair-turns.ts';
import type { AmqpApplication, AmqpConnection } from './application.ts';
import type { Fields } from './codec/values.ts';
import { Connection } from './connection/connection.ts';
import type { EngineContext } from './connection/engine-context.ts';
import { AmqpError } from './errors.ts';
import { LIMITS, type Limits } from './limits.ts';
import { Outbox } from './transport/outbox.ts';

export interface EngineOptions {
  /** Container id of our open. */
  readonly containerId: string;
  /** Properties of our open. */
  readonly properties?: Fields;
  /** For timeouts and heartbeats; default: the machine's clock, which peers use as well. */
  readonly clock?: Clock;
  readonly limits?: Partial<Limits>;
  /** Reports an error of the application that is not an AmqpError. */
  fault(error: unknown): void;
}

/**
 * The server's side of AMQP 1.0, ISO/IEC 19464: https://docs.oasis-open.org/amqp/core/v1.0/amqp-core-complete-v1.0.pdf
 * Comments cite its parts and paragraphs.
 */
export class AmqpEngine {
  readonly #connections = new Set<AmqpConnection>();
  readonly #context: EngineContext;
  #emptied: () => void = () => {};

  constructor({ containerId, properties, clock = systemClock, limits = {}, fault }: EngineOptions) {
    this.#context = {
      clock,
      limits: { ...LIMITS, ...limits },
      outbox: new Outbox(),
      turns: new FairTurns(),
      containerId,
      properties,
      fault,
      gone: (connection) => this.#gone(connection),
    };
  }

  /** Number of streams that are not closed. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Serves AMQP on a byte stream, such as a TLS socket, that begins with the protocol header. */
  accept(stream: Duplex, application: AmqpApplication): AmqpConnection {
    const connection = new Connection(stream, application, this.#context);
    this.#connections.add(connection);
    return connection;
  }

  /** Ends all connections at once, without a close; resolves when the last stream is closed. */
  async destroy(): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    await this.#empty();
  }

  /** Closes all connections; resolves when the last stream is closed, after at most one second. */
  async close(): Promise<void> {
    const reason = new AmqpError('amqp:connection:forced', 'The server is shutting down');
    for (const connection of this.#connections) connection.close(reason);
    await this.#empty();
  }

  #empty(): Promise<void> {
    return new Promise((done) => {
      this.#emptied = done;
      if (this.#connections.size === 0) done();
    });
  }

  #gone(connection: AmqpConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#emptied();
  }
}
