import { createServer } from 'node:net';
import { duplexPair } from 'node:stream';
import { VirtualClock } from '../../../emulator/kernel/clock.ts';
import { AmqpEngine } from '../../../emulator/servers/amqp/engine/engine.ts';
import type { Limits } from '../../../emulator/servers/amqp/engine/limits.ts';
import { AmqpPeer } from './amqp-peer.ts';
import { QueueBroker } from './queue-application.ts';

/** An engine with queues behind it, reached without sockets. */
export class EngineWorld implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly broker = new QueueBroker();
  readonly faults: unknown[] = [];
  readonly engine: AmqpEngine;
  readonly #closing: (() => Promise<void>)[] = [];

  constructor(limits: Partial<Limits> = {}) {
    this.engine = new AmqpEngine({
      containerId: 'queues',
      clock: this.clock,
      limits,
      fault: (error) => this.faults.push(error),
    });
  }

  /** A peer that has said nothing yet. */
  dial(): AmqpPeer {
    const [near, far] = duplexPair();
    // as with sockets, what one side drops the other one loses
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    this.engine.accept(far, this.broker.application());
    return new AmqpPeer(near);
  }

  /** A peer with an open connection and a session on channel 0. */
  async connect(): Promise<AmqpPeer> {
    const peer = this.dial();
    await peer.open();
    return peer;
  }

  /** Listens on a free TCP port. */
  async listen(): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => this.engine.accept(socket, this.broker.application()));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    this.#closing.push(() => new Promise((done) => server.close(() => done())));
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.engine.close();
    this.clock.advance(1000);
    await closed;
    for (const close of this.#closing) await close();
  }
}
