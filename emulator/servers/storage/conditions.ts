import type { IncomingHttpHeaders } from 'node:http';
import type { Blob } from '../../hub/files/blob.ts';
import { StorageError } from '../../hub/files/storage-error.ts';

/**
 * Throws BlobAlreadyExists, ConditionNotMet.
 * https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations
 */
export const demandConditions = (blob: Blob | undefined, headers: IncomingHttpHeaders): void => {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (noneMatch === '*' && blob !== undefined)
    throw new StorageError('BlobAlreadyExists', 'The specified blob already exists.');
  const isMet =
    (match === undefined || (blob !== undefined && (match === '*' || isTag(blob, match)))) &&
    (noneMatch === undefined || blob === undefined || !isTag(blob, noneMatch));
  if (!isMet)
    throw new StorageError('ConditionNotMet', 'The condition specified using HTTP conditional header(s) is not met.');
};

/** True if the reader has this very blob. */
export const isUnchanged = (blob: Blob, { 'if-none-match': noneMatch }: IncomingHttpHeaders): boolean =>
  noneMatch !== undefined && isTag(blob, noneMatch);

const isTag = ({ etag }: Blob, text: string): boolean => text === etag || `"${text}"` === etag;
