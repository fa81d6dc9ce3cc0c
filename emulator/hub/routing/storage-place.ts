import type { StorageEndpoint } from '../../../protocol/routing-endpoints.ts';

/** Where a container of blobs is, and how to get access. */
export interface StoragePlace {
  /** The URL of the container, with a SAS unless there is an account. */
  readonly url: string;
  /** Whose key signs a SAS. */
  readonly account?: { readonly name: string; readonly key: string };
}

// https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key
const DEVELOPMENT = {
  accountname: 'devstoreaccount1',
  accountkey: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
  blobendpoint: 'http://127.0.0.1:10000/devstoreaccount1',
};

/**
 * Reads a connection string or URL of a storage account. Throws a RangeError that says what is wrong.
 * https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string
 */
export const storagePlace = ({ connectionString, endpointUri, containerName }: StorageEndpoint): StoragePlace => {
  if (endpointUri !== undefined) return { url: containerUrl(endpointUri, containerName) };
  if (connectionString === undefined) throw new RangeError('give a connectionString, or an endpointUri with a SAS');
  if (containerName === undefined) throw new RangeError('the containerName is missing');
  const parts = partsOf(connectionString);
  const values: Partial<Record<string, string>> =
    parts.usedevelopmentstorage === 'true' ? { ...DEVELOPMENT, ...parts } : parts;
  const { accountname: name, accountkey: key, sharedaccesssignature: sas } = values;
  const url = values.blobendpoint ?? (name === undefined ? undefined : publicUrl(name, values));
  if (url === undefined) throw new RangeError('the connectionString has neither a BlobEndpoint nor an AccountName');
  if (sas !== undefined) return { url: containerUrl(`${url}?${sas.replace(/^\?/, '')}`, containerName) };
  if (name === undefined || key === undefined)
    throw new RangeError('the connectionString needs an AccountName with its AccountKey, or a SharedAccessSignature');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(key))
    throw new RangeError('the AccountKey is not base64: templates that Azure exports have asterisks in its place');
  return { url: containerUrl(url, containerName), account: { name, key } };
};

/** The parts of `Name=value;…`, names in lower case. */
const partsOf = (text: string): Partial<Record<string, string>> =>
  Object.fromEntries(
    text.split(';').flatMap((part) => {
      const at = part.indexOf('=');
      return at < 1 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()]];
    }),
  );

const publicUrl = (account: string, parts: Partial<Record<string, string>>): string =>
  `${parts.defaultendpointsprotocol ?? 'https'}://${account}.blob.${parts.endpointsuffix ?? 'core.windows.net'}`;

const containerUrl = (account: string, container: string | undefined): string => {
  const url = URL.canParse(account) ? new URL(account) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new RangeError('the address of the storage account is not an http or https URL');
  // the request would fail, each time it is tried
  if (url.username !== '' || url.password !== '')
    throw new RangeError('the address of the storage account must not have a user name or password; use a SAS');
  if (container !== undefined && !CONTAINER.test(container))
    throw new RangeError('the containerName is not 3 to 63 small letters, digits and hyphens');
  if (container !== undefined) url.pathname = `${url.pathname.replace(/\/$/, '')}/${container}`;
  return url.toString();
};

// https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata#container-names
const CONTAINER = /^(?=.{3,63}$)(\$root|\$web|[a-z0-9](-?[a-z0-9])*)$/;
