import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { Authenticator } from '../../emulator/auth/authenticate.ts';
import { policies } from '../../emulator/auth/policies.ts';
import { VirtualClock } from '../../emulator/hub/clock.ts';
import type { Published } from '../../emulator/hub/events.ts';
import { Hub } from '../../emulator/hub/hub.ts';
import type { LogFields } from '../../emulator/log.ts';
import { openDoor } from '../../emulator/servers/door.ts';
import { type MqttServer, startMqtt } from '../../emulator/servers/mqtt/server.ts';
import { keyOf } from '../../protocol/identity-key.ts';
import { signSas } from '../../protocol/sas.ts';
import type { ConnectOptions } from './mqtt-peer.ts';
import { testCertificates } from './tls.ts';

export interface LogLine extends LogFields {
  readonly text: string;
  readonly cause?: string;
}

/** A hub behind a TLS door that speaks MQTT, over TCP and WebSocket, with the device `d1`. */
export interface MqttHub extends AsyncDisposable {
  readonly hub: Hub;
  readonly server: MqttServer;
  readonly port: number;
  /** The wall clock, which tokens follow. */
  readonly wallClock: VirtualClock;
  readonly events: Published[];
  readonly log: LogLine[];
  /** CONNECT fields of a device or module with a valid token. */
  credentials(deviceId: string, moduleId?: string): ConnectOptions;
}

const NOW = '2026-11-23T12:00:00Z';

export const openMqttHub = async (options: { sdkFaults?: boolean } = {}): Promise<MqttHub> => {
  const hub = new Hub({
    clock: new VirtualClock(NOW),
    derive: (text) => createHmac('sha256', 'seed').update(text).digest('base64'),
  });
  hub.registry.create({ deviceId: 'd1' }, {});
  const wallClock = new VirtualClock(NOW);
  const log: LogLine[] = [];
  const write = (text: string, fields: LogFields = {}): void => void log.push({ text, ...fields });
  const logger = {
    info: write,
    warn: write,
    error: (text: string, cause: unknown) => write(text, { cause: String(cause) }),
  };
  const events: Published[] = [];
  hub.events.listen((event) => events.push(event));
  const auth = new Authenticator({
    policies: policies(),
    find: (key) => hub.fleet.find(key),
    mode: 'strict',
    log: logger,
    now: () => wallClock.now(),
  });
  const server = await startMqtt({ hub, auth, log: logger, wallClock, ...options });
  const http = createServer();
  http.on('upgrade', server.upgrade);
  const door = await openDoor(
    { hosts: ['127.0.0.1'], ports: [0], ...(await testCertificates()) },
    { mqtt: (socket) => server.accept(socket), http: (socket) => http.emit('connection', socket) },
  );
  return {
    hub,
    server,
    port: door.ports[0] ?? 0,
    wallClock,
    events,
    log,
    credentials: (deviceId, moduleId) => credentials(hub, deviceId, moduleId),
    async [Symbol.asyncDispose]() {
      await server.close();
      await door.close();
    },
  };
};

const credentials = (hub: Hub, deviceId: string, moduleId?: string): ConnectOptions => {
  const key = keyOf({ deviceId, moduleId });
  const path = moduleId === undefined ? deviceId : `${deviceId}/modules/${moduleId}`;
  return {
    clientId: key,
    username: `localhost/${key}/?api-version=2021-04-12`,
    password: signSas({
      resource: `localhost/devices/${path}`,
      key: hub.fleet.get(key).identity.authentication.primaryKey ?? '',
      expiry: Date.parse(NOW) / 1000 + 3600,
    }),
  };
};
