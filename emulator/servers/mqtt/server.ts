import type { Duplex } from 'node:stream';
import type { Authenticator } from '../../auth/authenticate.ts';
import type { ShownCredentials } from '../../auth/hub-finder.ts';
import type { Hub } from '../../hub/hub.ts';
import { type Clock, systemClock } from '../../kernel/clock.ts';
import type { Log } from '../../log.ts';
import type { Elsewhere, OtherHub } from '../elsewhere.ts';
import { FaultInjector } from '../faults/injector.ts';
import { SdkFaults } from '../faults/sdk-faults.ts';
import { type Kept, sendingWhatIsKept } from '../kept.ts';
import { peerCertificate } from '../listener/peer-certificate.ts';
import type { Traffic } from '../traffic/traffic.ts';
import { Broker } from './broker/broker.ts';
import { LONGEST_KEEP_ALIVE } from './connect.ts';
import { FaultMessages } from './faults/fault-messages.ts';
import { type ConnectNames, readFirstPacket } from './first-packet.ts';
import { HubApplication } from './hub-application.ts';

export interface MqttOptions {
  readonly hub: Hub;
  readonly auth: Pick<Authenticator, 'device'>;
  readonly log: Log;
  /** Of a hub that is kept on disk. */
  readonly kept?: Kept | undefined;
  /** Where requests are kept with their answers; undefined: nowhere. */
  readonly traffic?: Traffic | undefined;
  /** True if TLS verifies client certificates against CAs that the user gave. */
  readonly hasDeviceCa?: boolean;
  /** Token expiry follows it. Default: the machine's clock, whatever the hub's is. */
  readonly wallClock?: Clock;
  /** True if messages may ask for faults, as tests of Microsoft's SDKs do. */
  readonly sdkFaults?: boolean;
  /** Other hubs, which clients may mean; default none. */
  readonly elsewhere?: Elsewhere | undefined;
}

export interface MqttServer {
  /** Devices and modules that are connected. */
  readonly connections: number;
  /** Clients that the broker's engine counts: the same number, except for a moment. */
  readonly registered: number;
  /** Takes a connection whose first packet is about to come. */
  accept(socket: Duplex): void;
  /** Takes the stream inside of a WebSocket, and the connection around it. */
  acceptWebSocket(stream: Duplex, socket: Duplex): void;
  /** Takes a connection that another hub's server was given. */
  acceptGuest: OtherHub['acceptMqtt'];
  /** Drops all connections. */
  close(): Promise<void>;
}

/** Starts MQTT 3.1.1 for a hub. The server does not listen: the listener gives it its connections. */
export const startMqtt = async (options: MqttOptions): Promise<MqttServer> => {
  const { hub, auth, log, kept, traffic, wallClock = systemClock, hasDeviceCa = false, sdkFaults = false } = options;
  const { elsewhere } = options;
  const application = new HubApplication({
    hub,
    auth,
    log,
    kept,
    traffic,
    wallClock,
    hasDeviceCa,
    faults: new FaultInjector(hub),
    faultMessages: new FaultMessages(new SdkFaults({ hub, log, isOn: sdkFaults })),
  });
  const broker = new Broker({ application, log, longestKeepAlive: LONGEST_KEEP_ALIVE });
  await broker.start();
  const acceptGuest: OtherHub['acceptMqtt'] = (stream, { isWebSocket, socket }) =>
    broker.accept(sendingWhatIsKept(stream, kept), { protocol: isWebSocket ? 'mqtt-ws' : 'mqtt', socket });
  /** Passes the connection to the hub that its CONNECT is for. */
  const take: OtherHub['acceptMqtt'] = (stream, origin) => {
    if (elsewhere === undefined || !elsewhere.hasHubs) return acceptGuest(stream, origin);
    readFirstPacket(stream, (names) => {
      const other = names && elsewhere.find(credentialsOf(names, origin.socket, hasDeviceCa));
      if (other === undefined) acceptGuest(stream, origin);
      else other.acceptMqtt(stream, origin);
    });
  };
  return {
    get connections() {
      return broker.connections;
    },
    get registered() {
      return broker.registered;
    },
    accept: (socket) => take(socket, { isWebSocket: false, socket }),
    acceptWebSocket: (stream, socket) => take(stream, { isWebSocket: true, socket }),
    acceptGuest,
    async close() {
      application.shutdown();
      await broker.close();
    },
  };
};

const credentialsOf = (
  { clientId, password }: ConnectNames,
  socket: Duplex,
  hasDeviceCa: boolean,
): ShownCredentials => ({
  token: password,
  key: clientId,
  certificate: password ? undefined : peerCertificate(socket, hasDeviceCa),
});
