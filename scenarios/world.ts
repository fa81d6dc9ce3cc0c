import type { Sdk, Transport } from './sdk.ts';

/** What a story happens on: one SDK, one transport, one hub. */
export interface World {
  readonly sdk: Sdk;
  readonly transport: Transport;
  /** Of a shared access policy with all rights. */
  readonly connectionString: string;
  /** Seconds that queries may lag behind writes. */
  readonly queryLagSeconds: number;
  /** Messages of devices as they arrive; undefined if the hub does not show them. */
  readonly arrived?: readonly ReceivedMessage[] | undefined;
  /** Gives the hub routes, or takes them away; undefined if they are not a story's to change. */
  readonly route?: ((routing: Routing | undefined) => void) | undefined;
  /** Of the hub's event hub, from which back ends read what devices send; undefined if it is not known. */
  readonly eventsConnectionString?: string | undefined;
  /** The text of an uploaded file; undefined if the hub does not show files. */
  readonly uploaded?: ((blobName: string) => string | undefined) | undefined;
}

/** A part of `properties.routing`. https://learn.microsoft.com/azure/templates/microsoft.devices/iothubs#routingproperties */
export interface Routing {
  readonly endpoints: { readonly eventHubs: readonly { readonly name: string }[] };
  readonly routes: readonly {
    readonly name: string;
    readonly source: 'DeviceMessages';
    readonly condition: string;
    readonly endpointNames: readonly string[];
  }[];
  readonly fallbackRoute?: { readonly isEnabled: boolean };
}

/** A message of a device as the hub received it. */
export interface ReceivedMessage {
  readonly body: string;
  readonly system: { readonly messageId?: string; readonly contentType?: string; readonly contentEncoding?: string };
  readonly properties: Readonly<Record<string, string>>;
  /** Which routes took it, and where they lead. */
  readonly routes: readonly string[];
  readonly endpoints: readonly string[];
}
