import { rootCertificates } from 'node:tls';
import type { StorageAccount } from '../../protocol/blob-sas.ts';
import { deriveFrom } from '../auth/derive-key.ts';
import { accountOfFork, ownAccount, ownStorage } from '../blobs/own-storage.ts';
import { readStorageConnection } from '../blobs/storage-connection.ts';
import { type FileStorage, noFileStorage } from '../hub/files/file-storage.ts';
import type { Derive } from '../hub/ids.ts';
import type { Log } from '../log.ts';
import type { Options } from '../options.ts';
import { knownHost } from './known-host.ts';

export interface HubStorage {
  readonly fileStorage: FileStorage;
  /** The account of the blobs that the hub keeps itself; undefined if they are kept elsewhere. */
  readonly account?: StorageAccount;
}

export interface StorageOfHubs extends HubStorage {
  /** Of a fork that makes its keys by `derive`. */
  ofFork(derive: Derive): HubStorage;
}

/** Where the devices of a hub upload files, as the options say. `ca`: the CA of the emulator's certificate. */
export const storageOf = async (
  options: Pick<Options, 'storage' | 'randomSeed' | 'hostname' | 'san' | 'host'>,
  parts: { readonly log: Log; readonly closing: AbortSignal; readonly ca: () => Promise<string | undefined> },
): Promise<StorageOfHubs> => {
  const { storage, randomSeed } = options;
  if (storage === 'none') return sameForAll({ fileStorage: noFileStorage });
  const connection = readStorageConnection(storage);
  if (connection === undefined) {
    const hostOf = knownHost(options, parts.log);
    const behind = (own: StorageAccount): HubStorage => ({ account: own, fileStorage: ownStorage(own, hostOf) });
    return { ...behind(ownAccount(deriveFrom(randomSeed))), ofFork: (derive) => behind(accountOfFork(derive)) };
  }
  // few need it, and it is large
  const { AzureStorage } = await import('../blobs/azure-storage.ts');
  const ca = await parts.ca();
  const account = new AzureStorage(connection, {
    ...parts,
    ca: [...rootCertificates, ...(ca === undefined ? [] : [ca])],
  });
  void account.prepare();
  return sameForAll({ fileStorage: account });
};

const sameForAll = (storage: HubStorage): StorageOfHubs => ({ ...storage, ofFork: () => storage });
