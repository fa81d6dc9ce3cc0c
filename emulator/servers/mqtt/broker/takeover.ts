import type { Duplex } from 'node:stream';
import type { Aedes, Client } from 'aedes';

interface Turn {
  readonly conn: Duplex;
  readonly begin: () => void;
  readonly end: () => void;
}

/**
 * Admits the connections of one client id one after the other: the next one begins when the one before is open or closed. Two
 * at a time would both register, and aedes would count one of them for ever.
 */
export class Takeover {
  readonly #deadline: number;
  readonly #turns = new Map<string, Turn[]>();

  /** `deadline`: how long a connection may wait and be admitted, ms; then it is closed. */
  constructor(deadline = 5000) {
    this.#deadline = deadline;
  }

  /** Client ids of which a connection is being admitted. */
  get size(): number {
    return this.#turns.size;
  }

  /** Runs `begin` in turn. */
  enter(id: string, conn: Duplex, begin: () => void): void {
    const timer = setTimeout(() => conn.destroy(), this.#deadline);
    const left = (): void => this.leave(id, conn);
    const end = (): void => {
      clearTimeout(timer);
      conn.off('close', left);
    };
    conn.once('close', left);
    const turns = this.#turns.get(id);
    if (turns === undefined) {
      this.#turns.set(id, [{ conn, begin, end }]);
      begin();
    } else turns.push({ conn, begin, end });
  }

  /** The connection is open or closed. */
  leave(id: string, conn: Duplex): void {
    const turns = this.#turns.get(id);
    const at = turns?.findIndex((turn) => turn.conn === conn) ?? -1;
    if (turns === undefined || at < 0) return;
    const [turn] = turns.splice(at, 1);
    turn?.end();
    const [next] = turns;
    if (next === undefined) this.#turns.delete(id);
    else if (at === 0) next.begin();
  }
}

/** aedes registers a client even if its connection has closed meanwhile, and would never remove it. */
export const dropIfClosed = function (this: Aedes, client: Client): void {
  // missing from aedes' types; the version is pinned
  if (client.closed) (this as Aedes & { unregisterClient(client: Client): void }).unregisterClient(client);
};

/** Begins the keep-alive time of a client again, as aedes does for each packet that it handles itself. */
export const stayAlive = (client: Client): void => {
  // missing from aedes' types; the version is pinned
  const { _keepaliveInterval, _keepaliveTimer } = client as Client & AedesKeepAlive;
  if (_keepaliveInterval > 0) _keepaliveTimer?.refresh();
};

interface AedesKeepAlive {
  readonly _keepaliveInterval: number;
  readonly _keepaliveTimer: NodeJS.Timeout | null;
}
