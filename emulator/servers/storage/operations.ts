import type { IncomingHttpHeaders } from 'node:http';
import { type Blob, sizeOf, sliceOf } from '../../hub/files/blob.ts';
import type { Blobs } from '../../hub/files/blobs.ts';
import { StorageError } from '../../hub/files/storage-error.ts';
import { readBlockList } from './block-list.ts';
import { demandConditions, isUnchanged } from './conditions.ts';
import { blobHeaders, describe } from './headers.ts';
import { readRange } from './range.ts';

/** A request that may be answered. */
export interface BlobRequest {
  readonly name: string;
  /** Names in lower case. */
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

export interface BlobAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** In pieces. */
  readonly content?: readonly Uint8Array[];
}

/** One operation on a blob. */
interface BlobOperation {
  readonly method: string;
  /** The `comp` of the query. */
  readonly comp: string;
  /** One of these is needed. */
  readonly permissions: string;
  /** Largest body, bytes; default: what there is room for. */
  readonly bodyLimit?: number;
  run(blobs: Blobs, request: BlobRequest): BlobAnswer;
}

const putBlob = (blobs: Blobs, { name, headers, body }: BlobRequest): BlobAnswer => {
  const type = headers['x-ms-blob-type'];
  if (type === undefined)
    throw new StorageError(
      'MissingRequiredHeader',
      'An HTTP header that is mandatory for this request is not specified.',
      'x-ms-blob-type',
    );
  if (type !== 'BlockBlob')
    throw new StorageError(
      'InvalidHeaderValue',
      'The value for one of the HTTP headers is not in the correct format.',
      `x-ms-blob-type: ${type}; the emulator has block blobs only`,
    );
  demandConditions(blobs.find(name), headers);
  return created(blobs.put(name, body, blobHeaders(headers, headers['content-type'])));
};

const putBlock = (blobs: Blobs, { name, query, body }: BlobRequest): BlobAnswer => {
  blobs.putBlock(name, query.get('blockid') ?? '', body);
  return { status: 201, headers: {} };
};

const putBlockList = (blobs: Blobs, { name, headers, body }: BlobRequest): BlobAnswer => {
  const list = readBlockList(Buffer.from(body).toString('utf8'));
  demandConditions(blobs.find(name), headers);
  return created(blobs.putBlockList(name, list, blobHeaders(headers, undefined)));
};

const getBlob = (blobs: Blobs, { name, headers }: BlobRequest): BlobAnswer => {
  const blob = blobs.get(name);
  if (isUnchanged(blob, headers)) return { status: 304, headers: describe(blob) };
  demandConditions(blob, headers);
  const size = sizeOf(blob.content);
  const range = readRange(headers['x-ms-range'] ?? headers.range, size);
  if (range === undefined)
    return { status: 200, headers: { ...describe(blob), 'content-length': `${size}` }, content: blob.content };
  const { start, end } = range;
  return {
    status: 206,
    headers: {
      ...describe(blob),
      'content-length': `${end - start}`,
      'content-range': `bytes ${start}-${end - 1}/${size}`,
    },
    content: sliceOf(blob.content, start, end),
  };
};

const headBlob = (blobs: Blobs, { name, headers }: BlobRequest): BlobAnswer => {
  const blob = blobs.get(name);
  if (isUnchanged(blob, headers)) return { status: 304, headers: describe(blob) };
  demandConditions(blob, headers);
  return { status: 200, headers: { ...describe(blob), 'content-length': `${sizeOf(blob.content)}` } };
};

const deleteBlob = (blobs: Blobs, { name, headers }: BlobRequest): BlobAnswer => {
  demandConditions(blobs.get(name), headers);
  blobs.delete(name);
  return { status: 202, headers: { 'x-ms-delete-type-permanent': 'true' } };
};

const created = (blob: Blob): BlobAnswer => {
  const { etag, 'last-modified': modified } = describe(blob);
  return { status: 201, headers: { etag, 'last-modified': modified, 'x-ms-request-server-encrypted': 'true' } };
};

/** 50,000 blocks with the longest ids. */
const LIST_BYTES = 8 * 1024 * 1024;

/** https://learn.microsoft.com/rest/api/storageservices/operations-on-block-blobs */
const OPERATIONS: readonly BlobOperation[] = [
  { method: 'PUT', comp: '', permissions: 'cw', run: putBlob },
  { method: 'PUT', comp: 'block', permissions: 'cw', run: putBlock },
  { method: 'PUT', comp: 'blocklist', permissions: 'cw', bodyLimit: LIST_BYTES, run: putBlockList },
  { method: 'GET', comp: '', permissions: 'r', run: getBlob },
  { method: 'HEAD', comp: '', permissions: 'r', run: headBlob },
  { method: 'DELETE', comp: '', permissions: 'd', run: deleteBlob },
];

/** Throws InvalidQueryParameterValue, UnsupportedHttpVerb. */
export const operationOf = (method: string, comp: string): BlobOperation => {
  const fitting = OPERATIONS.filter((operation) => operation.comp === comp);
  if (fitting.length === 0)
    throw new StorageError(
      'InvalidQueryParameterValue',
      'Value for one of the query parameters specified in the request URI is invalid.',
      `the emulator does not support comp=${comp}`,
    );
  const found = fitting.find((operation) => operation.method === method);
  if (found === undefined)
    throw new StorageError('UnsupportedHttpVerb', 'The resource doesn’t support specified Http Verb.');
  return found;
};
