import type { TLSSocket } from 'node:tls';
import type { FaultEffect } from '../protocol/fault.ts';
import type { Authenticator } from './auth/authenticate.ts';
import type { Hub } from './hub/hub.ts';
import { Journal } from './hub/journal.ts';
import type { Snapshot } from './hub/snapshot.ts';
import { States } from './hub/states.ts';
import type { Log } from './log.ts';
import type { Residents } from './servers/door.ts';
import { type MqttServer, startMqtt } from './servers/mqtt/server.ts';
import { createRestServer } from './servers/rest/server.ts';

export interface TenantParts {
  readonly hub: Hub;
  readonly auth: Authenticator;
  /** Where devices are concerned; `auth` if not given. */
  readonly deviceAuth?: Pick<Authenticator, 'device'>;
  readonly log: Log;
  readonly hasDeviceCa: boolean;
  readonly sdkFaults: boolean;
  /** Furnishes the hub; what happens then is journalled. */
  readonly plant?: (hub: Hub) => void;
  /** What `reset` goes back to; the state after planting if not given. */
  readonly seed?: Snapshot;
}

interface Servers {
  readonly mqtt: MqttServer;
  readonly rest: ReturnType<typeof createRestServer>;
}

/** One hub behind the door, with servers of its own: they start when first asked for. */
export class Tenant implements Residents {
  readonly hub: Hub;
  readonly states: States;
  readonly journal: Journal;
  readonly #parts: TenantParts;
  #opening: Promise<Servers> | undefined;
  #servers: Servers | undefined;
  #closed = false;

  constructor(parts: TenantParts) {
    this.hub = parts.hub;
    this.journal = new Journal(parts.hub.events);
    parts.plant?.(parts.hub);
    this.states = new States(parts.hub, parts.seed);
    this.#parts = parts;
    // nobody shall search for the cause of what they have asked for
    parts.hub.events.listen((event) => {
      if (event.type !== 'fault.injected') return;
      const { key, rule, operation, effect } = event;
      parts.log.info('Injected a fault', { device: key, rule, operation, effect: effect.type });
    });
  }

  /** Starts the servers, once. */
  async open(): Promise<void> {
    this.#opening ??= this.#start();
    await this.#opening;
  }

  get isTreacherous(): boolean {
    return this.hub.faults.concern('handshake');
  }

  trick(): FaultEffect | undefined {
    return this.hub.faults.strike({ operation: 'handshake' });
  }

  mqtt(socket: TLSSocket): void {
    this.#serve(socket, ({ mqtt }) => mqtt.accept(socket));
  }

  http(socket: TLSSocket): void {
    this.#serve(socket, ({ rest }) => void rest.http.emit('connection', socket));
  }

  /** Drops every connection. */
  async close(): Promise<void> {
    this.#closed = true;
    const servers = await this.#opening?.catch(() => undefined);
    await servers?.rest.close();
    await servers?.mqtt.close();
  }

  #serve(socket: TLSSocket, hand: (servers: Servers) => void): void {
    if (this.#closed) socket.destroy();
    else if (this.#servers !== undefined) hand(this.#servers);
    else
      this.open().then(
        () => this.#serve(socket, hand),
        (error: unknown) => {
          this.#parts.log.error('The servers of a hub did not start', error);
          socket.destroy();
        },
      );
  }

  async #start(): Promise<Servers> {
    const { hub, auth, deviceAuth = auth, log, hasDeviceCa, sdkFaults } = this.#parts;
    const mqtt = await startMqtt({ hub, auth: deviceAuth, log, hasDeviceCa, sdkFaults });
    const rest = createRestServer({ hub, auth, log });
    rest.http.on('upgrade', (request, socket, head) => mqtt.upgrade(request, socket, head));
    await rest.ready();
    this.#servers = { mqtt, rest };
    return this.#servers;
  }
}
