import type { IncomingHttpHeaders } from 'node:http';
import type { Blob } from '../../hub/files/blob.ts';
import type { BlobHeaders } from '../../hub/files/blobs.ts';

/** Headers of a blob, and under which name a request sets them. */
const KEPT = {
  'content-type': 'x-ms-blob-content-type',
  'content-encoding': 'x-ms-blob-content-encoding',
  'content-language': 'x-ms-blob-content-language',
  'content-disposition': 'x-ms-blob-content-disposition',
  'content-md5': 'x-ms-blob-content-md5',
  'cache-control': 'x-ms-blob-cache-control',
} as const;

const METADATA = 'x-ms-meta-';

/** What a request says about its blob. `type`: its content type, if the content is that of the blob. */
export const blobHeaders = (headers: IncomingHttpHeaders, type: string | undefined): BlobHeaders => {
  const kept: Record<string, string> = { 'content-type': type ?? 'application/octet-stream' };
  for (const [name, source] of Object.entries(KEPT)) {
    const value = headers[source];
    if (typeof value === 'string') kept[name] = value;
  }
  for (const [name, value] of Object.entries(headers))
    if (name.startsWith(METADATA) && typeof value === 'string') kept[name] = value;
  return kept;
};

/** The headers of an answer about a blob. */
export const describe = ({ headers, etag, modifiedAt }: Blob) => ({
  ...headers,
  etag,
  'last-modified': new Date(modifiedAt).toUTCString(),
  'accept-ranges': 'bytes',
  'x-ms-blob-type': 'BlockBlob',
  'x-ms-lease-state': 'available',
  'x-ms-lease-status': 'unlocked',
  'x-ms-server-encrypted': 'true',
});
