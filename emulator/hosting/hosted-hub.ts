import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FaultEffect } from '../../protocol/fault.ts';
import type { ServerName } from '../endpoints/protocols.ts';
import type { Hub } from '../hub/hub.ts';
import { Journal } from '../hub/journal.ts';
import type { Snapshot } from '../hub/snapshots/snapshot.ts';
import { Snapshots } from '../hub/snapshots/snapshots.ts';
import { recordEvents } from '../servers/traffic/hub-events.ts';
import { logEvents } from './log-events.ts';
import { warnOfWaiting } from './log-losses.ts';
import { type HubServers, type ServerParts, startServers } from './servers.ts';

export interface HostedHubParts extends ServerParts {
  /** Fills the hub; the journal records what happens. */
  readonly applySeed?: () => void;
  /** The state to which `reset` goes back; the state after `applySeed` if not given. */
  readonly seed?: Snapshot | undefined;
  /** Snapshots that there are from the start. */
  readonly named?: Iterable<readonly [string, Snapshot]> | undefined;
}

/** One hub with servers of its own. They start at `open`, or with the first connection. */
export class HostedHub {
  readonly hub: Hub;
  readonly snapshots: Snapshots;
  readonly journal: Journal;
  readonly #parts: HostedHubParts;
  #opening: Promise<HubServers> | undefined;
  #servers: HubServers | undefined;
  #closed = false;

  constructor(parts: HostedHubParts) {
    this.hub = parts.hub;
    this.journal = new Journal(parts.hub.events);
    parts.applySeed?.();
    parts.hub.history.clear();
    this.snapshots = new Snapshots(parts.hub, parts.seed, parts.named);
    this.#parts = parts;
    parts.narration?.follow(parts.hub.events);
    logEvents(parts.hub.events, parts.log);
    if (parts.traffic !== undefined) recordEvents(parts.hub.events, parts.traffic);
  }

  /** Starts the servers, once. */
  async open(): Promise<void> {
    this.#opening ??= startServers(this.#parts);
    this.#servers = await this.#opening;
  }

  get hasHandshakeFaults(): boolean {
    return this.hub.faults.concern('handshake');
  }

  handshakeFault(): FaultEffect | undefined {
    return this.hub.before({ type: 'handshake' });
  }

  /** Hands a connection to one of the servers. */
  accept(server: ServerName, socket: Duplex): void {
    if (this.#closed) socket.destroy();
    else if (this.#servers !== undefined) this.#servers[server].accept(socket);
    else
      this.open().then(
        () => this.accept(server, socket),
        (error: unknown) => {
          this.#parts.log.error('The servers of a hub did not start', error);
          socket.destroy();
        },
      );
  }

  /** Answers one request of the service API, which came over a connection of another server. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.#closed || this.#servers === undefined) response.writeHead(503).end();
    else this.#servers.http.answer(request, response);
  }

  /** Drops every connection. */
  async close(): Promise<void> {
    this.#closed = true;
    warnOfWaiting(this.hub, this.#parts.log);
    const servers = await this.#opening?.catch(() => undefined);
    for (const server of Object.values(servers ?? {})) await server.close();
  }
}
