import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Authenticator } from '../auth/authenticate.ts';
import type { ShownCredentials } from '../auth/hub-finder.ts';
import type { Hub } from '../hub/hub.ts';
import type { Log } from '../log.ts';

/** Other hubs on the same ports: a client without the name of one may mean any of them, which its credentials tell. */
export interface Elsewhere {
  /** False while there is no other hub. */
  readonly hasHubs: boolean;
  /** The hub that the credentials are for; undefined if it is this one, or none, or not clear. */
  find(credentials: ShownCredentials): OtherHub | undefined;
  /** The hub that keeps the blobs of this storage account. */
  withAccount(name: string): OtherHub | undefined;
}

/** A hub as the servers of another one see it. */
export interface OtherHub {
  readonly hub: Hub;
  readonly auth: Pick<Authenticator, 'service' | 'device' | 'isStrict'>;
  readonly log: Log;
  /** Connections that other servers keep open for this hub; it ends them when it closes. */
  readonly guests: Set<Guest>;
  /** Answers a request of the service API. */
  answer(request: IncomingMessage, response: ServerResponse): void;
  /** Takes an MQTT connection, from its first byte. */
  acceptMqtt(stream: Duplex, origin: { readonly isWebSocket: boolean; readonly socket: Duplex }): void;
}

export interface Guest {
  destroy(): void;
}
