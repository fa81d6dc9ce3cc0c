import type { Duplex } from 'node:stream';
import type { Aedes, Client } from 'aedes';

interface Turn {
  readonly conn: Duplex;
  readonly begin: () => void;
}

/**
 * Lets the connections of one client id in one after the other: the next one begins when the one before is up or gone.
 * Two at once would both register, and the broker would count one of them for ever.
 */
export class Takeover {
  readonly #deadline: number;
  readonly #turns = new Map<string, Turn[]>();

  /** `deadline`: how long one connection may wait and take, in ms. */
  constructor(deadline = 5000) {
    this.#deadline = deadline;
  }

  /** Ids that somebody is coming in with. */
  get size(): number {
    return this.#turns.size;
  }

  /** Runs `begin` when it is this connection's turn; returns how to say that it is up. */
  enter(id: string, conn: Duplex, begin: () => void): () => void {
    const turn = { conn, begin };
    const timer = setTimeout(() => conn.destroy(), this.#deadline);
    const leave = (): void => {
      clearTimeout(timer);
      conn.off('close', leave);
      this.#leave(id, turn);
    };
    conn.once('close', leave);
    const turns = this.#turns.get(id);
    if (turns === undefined) {
      this.#turns.set(id, [turn]);
      begin();
    } else turns.push(turn);
    return leave;
  }

  #leave(id: string, turn: Turn): void {
    const turns = this.#turns.get(id);
    const at = turns?.indexOf(turn) ?? -1;
    if (turns === undefined || at < 0) return;
    turns.splice(at, 1);
    const [next] = turns;
    if (next === undefined) this.#turns.delete(id);
    else if (at === 0) next.begin();
  }
}

/** aedes goes on registering a client whose connection has gone meanwhile, and would never forget it. */
export const dropIfClosed = function (this: Aedes, client: Client): void {
  // missing from aedes' types; the version is pinned
  if (client.closed) (this as Aedes & { unregisterClient(client: Client): void }).unregisterClient(client);
};
