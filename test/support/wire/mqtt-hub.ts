import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { WEB_SOCKETS } from '../../../emulator/endpoints/protocols.ts';
import type { Published } from '../../../emulator/hub/events.ts';
import type { Hub } from '../../../emulator/hub/hub.ts';
import type { VirtualClock } from '../../../emulator/kernel/clock.ts';
import { webSocketUpgrade } from '../../../emulator/servers/http/web-socket.ts';
import type { Kept } from '../../../emulator/servers/kept.ts';
import { openListener } from '../../../emulator/servers/listener/listener.ts';
import { type MqttServer, startMqtt } from '../../../emulator/servers/mqtt/server.ts';
import { keyOf } from '../../../protocol/identity-key.ts';
import type { Tier } from '../../../protocol/tier.ts';
import { authenticatedHub, identityToken, type LogLine } from './authenticated-hub.ts';
import type { ConnectOptions } from './mqtt-peer.ts';
import { testCertificates, tlsPort } from './tls.ts';

/** A hub with a TLS listener for MQTT over TCP and WebSocket, and with the device `d1`. */
export interface MqttHub extends AsyncDisposable {
  readonly hub: Hub;
  readonly server: MqttServer;
  readonly port: number;
  /** The hub's clock. */
  readonly clock: VirtualClock;
  /** The wall clock, by which tokens expire. */
  readonly wallClock: VirtualClock;
  readonly events: Published[];
  readonly log: LogLine[];
  /** CONNECT fields of a device or module with a valid token. */
  credentials(deviceId: string, moduleId?: string): ConnectOptions;
}

export const openMqttHub = async ({
  tier,
  keep,
  ...options
}: {
  sdkFaults?: boolean;
  tier?: Tier;
  keep?: (hub: Hub) => Kept;
} = {}): Promise<MqttHub> => {
  const { hub, clock, wallClock, lines, log, events, auth } = authenticatedHub({ tier });
  const server = await startMqtt({ hub, auth, log, kept: keep?.(hub), wallClock, ...options });
  const http = createServer();
  const accept = (stream: Duplex, socket: Duplex): void => server.acceptWebSocket(stream, socket);
  http.on('upgrade', webSocketUpgrade(WEB_SOCKETS.map((row) => ({ ...row, accept }))));
  const door = await openListener(
    { hosts: ['127.0.0.1'], ports: [tlsPort()], ...(await testCertificates()) },
    { accept: (name, socket) => void (name === 'mqtt' ? server.accept(socket) : http.emit('connection', socket)) },
  );
  return {
    hub,
    server,
    port: door.ports[0] ?? 0,
    clock,
    wallClock,
    events,
    log: lines,
    credentials: (deviceId, moduleId) => credentials(hub, deviceId, moduleId),
    async [Symbol.asyncDispose]() {
      await server.close();
      await door.close();
    },
  };
};

const credentials = (hub: Hub, deviceId: string, moduleId?: string): ConnectOptions => {
  const key = keyOf({ deviceId, moduleId });
  return {
    clientId: key,
    username: `localhost/${key}/?api-version=2021-04-12`,
    password: identityToken(hub, key),
  };
};
