import { type StorageAccount, signBlobSas } from '../../protocol/blob-sas.ts';
import type { FileStorage } from '../hub/files/file-storage.ts';
import type { Derive } from '../hub/ids.ts';

/** The container of file uploads. */
export const UPLOADS = 'uploads';

/**
 * The account of the blobs that the hub keeps itself. Its name is the first segment of their paths, as in Azurite: clients of
 * Azure Storage expect it there on localhost. It follows the host name, since the SDK for Java escapes slashes elsewhere.
 */
export const ownAccount = (derive: Derive): StorageAccount => ({
  name: 'iothubemulator',
  key: derive('storage account'),
});

/** That of a fork: the name tells which hub on the same port is meant. It has as many characters as Azure allows. */
export const accountOfFork = (derive: Derive): StorageAccount => ({
  name: `iothubemulator${Buffer.from(derive('storage account name'), 'base64').toString('hex').slice(0, 10)}`,
  key: derive('storage account'),
});

/** Blobs behind the port of the hub's own API. `hostOf` gives its name, of the one by which a client has reached it. */
export const ownStorage = (account: StorageAccount, hostOf = (host: string): string => host): FileStorage => ({
  place: ({ name, host, now, lifeMs }) => ({
    hostName: `${hostOf(host)}/${account.name}`,
    containerName: UPLOADS,
    sasToken: signBlobSas(account, { container: UPLOADS, blob: name, permissions: 'rw', expiresAt: now + lifeMs }),
  }),
});
