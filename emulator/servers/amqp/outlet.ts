import type { Duplex } from 'node:stream';
import type { FaultyConnection } from '../faults/connection.ts';
import type { AmqpConnection } from './engine/application.ts';
import { AmqpError } from './engine/errors.ts';

type Action = () => void;

/** Everything that sessions send on one connection passes here, so that faults can hold it back. */
export class Outlet implements FaultyConnection<readonly Action[]> {
  readonly #socket: Pick<Duplex, 'destroy'>;
  #connection: AmqpConnection | undefined;
  #isOpen = true;
  /** The connection is closed as soon as it is open. */
  #isBrief = false;
  /** Takes what is sent in place of the peer, while a fault needs it. */
  #detour: ((action: Action) => void) | undefined;

  /** `socket`: the connection beneath. */
  constructor(socket: Pick<Duplex, 'destroy'>) {
    this.#socket = socket;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  connected(connection: AmqpConnection): void {
    this.#connection = connection;
    if (this.#isBrief) this.cut('afterwards');
  }

  closed(): void {
    this.#isOpen = false;
  }

  /** Sends something: `action` writes to a link. */
  send(action: Action): void {
    if (this.#detour === undefined) action();
    else this.#detour(action);
  }

  withhold(act: () => void): readonly Action[] {
    const held: Action[] = [];
    const before = this.#detour;
    this.#detour = (action) => void held.push(action);
    try {
      act();
    } finally {
      this.#detour = before;
    }
    return held;
  }

  replay(output: readonly Action[]): void {
    for (const action of output) if (this.#isOpen) this.send(action);
  }

  replayOvertaken(output: readonly Action[], timeoutMs: number): void {
    const release = (): void => {
      clearTimeout(timer);
      if (this.#detour === overtake) this.#detour = undefined;
      this.replay(output);
    };
    const overtake = (action: Action): void => {
      this.#detour = undefined;
      action();
      release();
    };
    const timer = setTimeout(release, timeoutMs).unref();
    this.#detour = overtake;
  }

  cut(when: 'now' | 'afterwards'): void {
    if (when === 'now') (this.#connection ?? this.#socket).destroy();
    else if (this.#connection === undefined) this.#isBrief = true;
    else this.#connection.close(new AmqpError('amqp:connection:forced', 'The connection was closed.'));
  }

  mute(): void {
    this.#connection?.mute();
  }
}
