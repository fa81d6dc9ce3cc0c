import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FaultEffect } from '../../protocol/fault.ts';
import type { IdentityKey } from '../../protocol/identity-key.ts';
import type { Authenticator } from '../auth/authenticate.ts';
import type { KeyHolder } from '../auth/hub-finder.ts';
import type { Policies } from '../auth/policies.ts';
import type { ServerName } from '../endpoints/protocols.ts';
import type { Member } from '../hub/fleet/member.ts';
import type { Hub } from '../hub/hub.ts';
import { Journal } from '../hub/journal.ts';
import type { Snapshot } from '../hub/snapshots/snapshot.ts';
import { Snapshots } from '../hub/snapshots/snapshots.ts';
import { Progress } from '../lessons/progress.ts';
import type { Log } from '../log.ts';
import type { Guest, OtherHub } from '../servers/elsewhere.ts';
import { recordEvents } from '../servers/traffic/hub-events.ts';
import type { Traffic } from '../servers/traffic/traffic.ts';
import { logEvents } from './log-events.ts';
import { warnOfWaiting } from './log-losses.ts';
import { type HubServers, type ServerParts, startServers } from './servers.ts';

export interface HostedHubParts extends ServerParts {
  readonly policies: Policies;
  readonly traffic: Traffic;
  /** Fills the hub; the journal records what happens. */
  readonly applySeed?: () => void;
  /** The state to which `reset` goes back; the state after `applySeed` if not given. */
  readonly seed?: Snapshot | undefined;
  /** Snapshots that there are from the start. */
  readonly named?: Iterable<readonly [string, Snapshot]> | undefined;
}

/** One hub with servers of its own. They start at `open`, or with the first connection. */
export class HostedHub implements OtherHub, KeyHolder {
  readonly hub: Hub;
  readonly policies: Policies;
  readonly auth: Authenticator;
  readonly log: Log;
  readonly guests = new Set<Guest>();
  readonly snapshots: Snapshots;
  readonly journal: Journal;
  /** Its requests with their answers. */
  readonly traffic: Traffic;
  /** What of the lessons was done here. */
  readonly progress: Progress;
  readonly #parts: HostedHubParts;
  #opening: Promise<HubServers> | undefined;
  #servers: HubServers | undefined;
  #closed = false;

  constructor(parts: HostedHubParts) {
    this.hub = parts.hub;
    this.policies = parts.policies;
    this.auth = parts.auth;
    this.log = parts.log;
    this.journal = new Journal(parts.hub.events);
    this.traffic = parts.traffic;
    this.progress = new Progress(parts.hub, this.journal);
    if (parts.applySeed !== undefined) {
      parts.applySeed();
      parts.hub.history.clear();
    }
    this.snapshots = new Snapshots(parts.hub, parts.seed, parts.named);
    this.#parts = parts;
    parts.narration?.follow(parts.hub.events);
    logEvents(parts.hub.events, parts.log);
    recordEvents(parts.hub.events, parts.traffic);
  }

  /** The account of the blobs that it keeps itself. */
  get storageAccount(): string | undefined {
    return this.#parts.account?.name;
  }

  /** Starts the servers, once. */
  async open(): Promise<void> {
    this.#opening ??= startServers({ ...this.#parts, answered: (request) => this.progress.answered(request) });
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
    this.#with(socket, (servers) => servers[server].accept(socket));
  }

  /** Takes an MQTT connection from the server of another hub. */
  acceptMqtt: OtherHub['acceptMqtt'] = (stream, origin) => {
    this.#with(origin.socket, ({ mqtt }) => mqtt.acceptGuest(stream, origin));
  };

  /** Answers one request of the service API, which came over a connection of another server. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    this.#with({ destroy: () => response.writeHead(503).end() }, ({ http }) => http.answer(request, response));
  }

  find = (key: IdentityKey): Member | undefined => this.hub.registry.find(key);

  /** Drops every connection. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#parts.kept === undefined) warnOfWaiting(this.hub, this.#parts.log);
    for (const guest of this.guests) guest.destroy();
    const servers = await this.#opening?.catch(() => undefined);
    for (const server of Object.values(servers ?? {})) await server.close();
    this.traffic.clear();
  }

  /** Calls `use` once the servers have started; drops the client if they do not, or are closed. */
  #with(client: Guest, use: (servers: HubServers) => void): void {
    if (this.#closed) client.destroy();
    else if (this.#servers !== undefined) use(this.#servers);
    else
      this.open().then(
        () => this.#with(client, use),
        (error: unknown) => {
          this.log.error('The servers of a hub did not start', error);
          client.destroy();
        },
      );
  }
}
