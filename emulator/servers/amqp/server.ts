import type { Duplex } from 'node:stream';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Authenticator } from '../../auth/authenticate.ts';
import type { Hub } from '../../hub/hub.ts';
import { type Clock, systemClock } from '../../kernel/clock.ts';
import type { Log } from '../../log.ts';
import type { Elsewhere, OtherHub } from '../elsewhere.ts';
import { FaultInjector } from '../faults/injector.ts';
import { SdkFaults } from '../faults/sdk-faults.ts';
import { type Kept, sendingWhatIsKept } from '../kept.ts';
import { AmqpEngine } from './engine/engine.ts';
import { EventHubs } from './event-hubs/event-hubs.ts';
import { HubApplication } from './hub-application.ts';
import type { ApplicationParts } from './hub-choice.ts';
import { AmqpSession } from './session.ts';

export interface AmqpOptions {
  readonly hub: Hub;
  readonly auth: Pick<Authenticator, 'service' | 'isStrict'>;
  readonly deviceAuth: Pick<Authenticator, 'device'>;
  readonly log: Log;
  /** Of a hub that is kept on disk. */
  readonly kept?: Kept | undefined;
  /** True if TLS verifies client certificates against CAs that the user gave. */
  readonly hasDeviceCa?: boolean;
  /** Token expiry follows it. Default: the machine's clock, whatever the hub's is. */
  readonly wallClock?: Clock;
  /** True if messages may ask for faults, as tests of Microsoft's SDKs do. */
  readonly sdkFaults?: boolean;
  /** Other hubs, which clients may mean; default none. */
  readonly elsewhere?: Elsewhere | undefined;
}

export interface AmqpServer {
  /** Connections that are not closed. */
  readonly connections: number;
  /** Takes a connection that begins with the protocol header. */
  accept(socket: Duplex): void;
  /** Takes the stream inside of a WebSocket, and the connection around it. */
  acceptWebSocket(stream: Duplex, socket: Duplex): void;
  /** Drops all connections: after a close with a condition, not all SDKs connect again. */
  close(): Promise<void>;
}

/** AMQP 1.0 for a hub. The server does not listen: the listener gives it its connections. */
export const createAmqpServer = (options: AmqpOptions): AmqpServer => {
  const { hub, auth, deviceAuth, log, kept, wallClock = systemClock, hasDeviceCa = false, sdkFaults = false } = options;
  const { elsewhere } = options;
  const engine = new AmqpEngine({
    containerId: hub.hostName,
    fault: (error) => log.error('An AMQP connection failed', error),
  });
  const partsOf = ({
    hub,
    auth,
    deviceAuth,
    log,
    kept,
  }: Pick<AmqpOptions, 'hub' | 'auth' | 'deviceAuth' | 'log' | 'kept'>) => ({
    ...{ hub, auth, deviceAuth, log, kept, wallClock, hasDeviceCa },
    eventHubs: new EventHubs(hub),
    faults: new FaultInjector(hub),
    sdkFaults: new SdkFaults({ hub, log, isOn: sdkFaults }),
    isKnown: (key: IdentityKey) => hub.fleet.find(key) !== undefined,
  });
  const others = new WeakMap<OtherHub, ApplicationParts>();
  const partsOfOther = (other: OtherHub): ApplicationParts => {
    const known = others.get(other) ?? { ...partsOf({ ...other, deviceAuth: other.auth }), guests: other.guests };
    others.set(other, known);
    return known;
  };
  const parts: ApplicationParts = {
    ...partsOf({ hub, auth, deviceAuth, log, kept }),
    elsewhere: (credentials) => {
      const other = elsewhere?.hasHubs ? elsewhere.find(credentials) : undefined;
      return other && partsOfOther(other);
    },
  };
  return {
    get connections() {
      return engine.connections;
    },
    accept: (socket) =>
      void engine.accept(sendingWhatIsKept(socket, kept), new HubApplication(parts, { protocol: 'amqp', socket })),
    acceptWebSocket: (stream, socket) =>
      void engine.accept(sendingWhatIsKept(stream, kept), new HubApplication(parts, { protocol: 'amqp-ws', socket })),
    close() {
      for (const session of [...hub.sessions.live()]) if (session instanceof AmqpSession) session.drop('shutdown');
      return engine.destroy();
    },
  };
};
