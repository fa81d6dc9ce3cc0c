import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { StorageAccount } from '../../protocol/blob-sas.ts';
import type { Authenticator } from '../auth/authenticate.ts';
import { UPLOADS } from '../blobs/own-storage.ts';
import { type ServerName, WEB_SOCKETS } from '../endpoints/protocols.ts';
import type { Hub } from '../hub/hub.ts';
import type { Log } from '../log.ts';
import type { Elsewhere } from '../servers/elsewhere.ts';
import { type UpgradeRefusal, webSocketUpgrade } from '../servers/http/web-socket.ts';
import type { Kept } from '../servers/kept.ts';
import { type MqttServer, startMqtt } from '../servers/mqtt/server.ts';
import { tellRefusal } from '../servers/refusals.ts';
import { passOn } from '../servers/rest/pass-on.ts';
import { type AnsweredRequest, createRestServer } from '../servers/rest/server.ts';
import { StorageServer } from '../servers/storage/server.ts';
import type { Traffic } from '../servers/traffic/traffic.ts';
import { lazyAmqp } from './lazy-amqp.ts';
import type { Narration } from './narration.ts';

export interface ServerParts {
  readonly hub: Hub;
  readonly auth: Authenticator;
  /** Authenticates devices; `auth` if not given. */
  readonly deviceAuth?: Pick<Authenticator, 'device'>;
  readonly log: Log;
  /** The account of the blobs that the hub keeps itself; undefined if they are kept elsewhere. */
  readonly account?: StorageAccount | undefined;
  /** Of a hub that is kept on disk. */
  readonly kept?: Kept | undefined;
  /** Where requests are kept with their answers; undefined: nowhere. */
  readonly traffic?: Traffic;
  readonly narration?: Narration | undefined;
  /** Told of each request of the service API after its answer. */
  readonly answered?: (request: AnsweredRequest) => void;
  /** True if TLS verifies client certificates against CAs that the user gave. */
  readonly hasDeviceCa: boolean;
  /** True if messages may ask for faults, as tests of Microsoft's SDKs do. */
  readonly sdkFaults: boolean;
  /** Other hubs on the same ports; undefined: clients mean this one. */
  readonly elsewhere?: Elsewhere | undefined;
}

/** One server of a hub. It does not listen: it is given its connections. */
export interface HubServer {
  accept(socket: Duplex): void;
  /** Drops every connection. */
  close(): Promise<void>;
}

/** The servers of one hub, one for each name in the table of protocols. */
export type HubServers = Readonly<Record<ServerName, HubServer>> & {
  readonly mqtt: Pick<MqttServer, 'acceptGuest'>;
  readonly http: { answer(request: IncomingMessage, response: ServerResponse): void };
};

export const startServers = async (parts: ServerParts): Promise<HubServers> => {
  const { hub, auth, deviceAuth = auth, log, kept, narration, account, traffic, hasDeviceCa, sdkFaults } = parts;
  const { elsewhere } = parts;
  const answered = (request: AnsweredRequest): void => {
    narration?.request(request);
    parts.answered?.(request);
  };
  const storage =
    account &&
    new StorageServer({ blobs: hub.blobs, account, container: UPLOADS, now: () => hub.clock.now(), log, answered });
  const take = (request: IncomingMessage, response: ServerResponse): boolean =>
    storage?.take(request, response) === true || passOn(request, response, { elsewhere, hasDeviceCa });
  const rest = createRestServer({ hub, auth, log, kept, answered, traffic, hasDeviceCa, take });
  const http = {
    accept: (socket: Duplex) => void rest.http.emit('connection', socket),
    answer: (request: IncomingMessage, response: ServerResponse) => void rest.http.emit('request', request, response),
    close: () => rest.close(),
  };
  const mqtt = await startMqtt({ hub, auth: deviceAuth, log, kept, traffic, hasDeviceCa, sdkFaults, elsewhere });
  const amqp = lazyAmqp({ hub, auth, deviceAuth, log, kept, hasDeviceCa, sdkFaults, elsewhere });
  const servers = { http, mqtt, amqp };
  const webSockets = WEB_SOCKETS.map(({ path, protocol, server }) => ({
    path,
    protocol,
    accept: (stream: Duplex, socket: Duplex) => servers[server].acceptWebSocket(stream, socket),
  }));
  const refused = (refusal: UpgradeRefusal) =>
    tellRefusal({ hub, log }, 'Refused a WebSocket', { what: 'connection', ...refusal });
  rest.http.on('upgrade', webSocketUpgrade(webSockets, refused));
  return servers;
};
