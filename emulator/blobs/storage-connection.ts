import type { StorageAccount } from '../../protocol/blob-sas.ts';

/** A storage account, and where its blobs are. */
export interface StorageConnection extends StorageAccount {
  /** Without a slash at its end, such as `https://127.0.0.1:10000/devstoreaccount1`. */
  readonly endpoint: URL;
}

// https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key
const DEVELOPMENT =
  'AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=https://127.0.0.1:10000/devstoreaccount1';

/**
 * Reads a connection string of a storage account, such as those of the portal and of Azurite; undefined if it is not one.
 * `UseDevelopmentStorage=true` is Azurite on its usual port, with TLS, since SDKs upload over TLS only.
 * https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string
 */
export const readStorageConnection = (text: string): StorageConnection | undefined => {
  const fields = fieldsOf(text);
  if (fields.get('usedevelopmentstorage')?.toLowerCase() === 'true') return readStorageConnection(DEVELOPMENT);
  const [name, key] = [fields.get('accountname'), fields.get('accountkey')];
  if (!name || !key || !/^[A-Za-z0-9+/]+={0,2}$/.test(key)) return undefined;
  const protocol = fields.get('defaultendpointsprotocol') ?? 'https';
  const suffix = fields.get('endpointsuffix') ?? 'core.windows.net';
  const endpoint = fields.get('blobendpoint') ?? `${protocol}://${name}.blob.${suffix}`;
  if (!/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint)) return undefined;
  return { name, key, endpoint: new URL(endpoint) };
};

/** By their names in lower case. */
const fieldsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split(';').flatMap((field) => {
      const at = field.indexOf('=');
      return at < 1 ? [] : [[field.slice(0, at).trim().toLowerCase(), field.slice(at + 1).trim()] as const];
    }),
  );
