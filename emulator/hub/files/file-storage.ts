import { HubError } from '../../../protocol/errors.ts';

/** Where a device uploads a file: `https://{hostName}/{containerName}/{blobName}{sasToken}`. */
export interface StoragePlace {
  /** May end with a path, such as the name of an account. */
  readonly hostName: string;
  readonly containerName: string;
  /** Starts with `?`. */
  readonly sasToken: string;
}

/** What the hub wants to know about an uploaded blob. */
export interface BlobProperties {
  readonly size: number;
  /** ms since 1970. */
  readonly modifiedAt: number;
}

/** Port: the storage account of the hub's file uploads. */
export interface FileStorage {
  /**
   * A place for the blob `name`, which can be written `lifeMs` long, from `now` on the hub's clock. `host`: under which name
   * the client has reached the hub. Throws DefaultStorageEndpointNotConfigured.
   */
  place(blob: {
    readonly name: string;
    readonly host: string;
    readonly now: number;
    readonly lifeMs: number;
  }): StoragePlace;
  /**
   * The blob `name`, undefined if there is none. Rejects with InvalidStorageEndpoint. Without this function blobs are kept in
   * the hub itself.
   */
  readonly find?: (name: string) => Promise<BlobProperties | undefined>;
}

/** Of a hub that has no storage account. UNCERTAIN: the text. */
export const noFileStorage: FileStorage = {
  place: () => {
    throw new HubError('DefaultStorageEndpointNotConfigured', 'The hub has no storage account for file uploads.', {
      hint: 'the emulator was started with --storage none',
    });
  },
};
