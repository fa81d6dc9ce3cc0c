import type { IncomingHttpHeaders } from 'node:http';
import type { Blob } from '../../hub/files/blob.ts';
import { StorageError } from '../../hub/files/storage-error.ts';

/**
 * Throws BlobAlreadyExists, ConditionNotMet.
 * https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations
 */
export const demandConditions = (blob: Blob | undefined, headers: IncomingHttpHeaders): void => {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  // a tag is more exact than a time: https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
  const since = noneMatch === undefined ? timeIn(headers['if-modified-since']) : undefined;
  const until = match === undefined ? timeIn(headers['if-unmodified-since']) : undefined;
  if (noneMatch === '*' && blob !== undefined)
    throw new StorageError('BlobAlreadyExists', 'The specified blob already exists.');
  const isMet =
    (match === undefined || (blob !== undefined && (match === '*' || isTag(blob, match)))) &&
    (noneMatch === undefined || blob === undefined || !isTag(blob, noneMatch)) &&
    (since === undefined || blob === undefined || secondOf(blob) > since) &&
    (until === undefined || blob === undefined || secondOf(blob) <= until);
  if (!isMet)
    throw new StorageError('ConditionNotMet', 'The condition specified using HTTP conditional header(s) is not met.');
};

/** True if the reader has this very blob. */
export const isUnchanged = (blob: Blob, headers: IncomingHttpHeaders): boolean => {
  const { 'if-none-match': noneMatch } = headers;
  if (noneMatch !== undefined) return isTag(blob, noneMatch);
  const since = timeIn(headers['if-modified-since']);
  return since !== undefined && secondOf(blob) <= since;
};

const isTag = ({ etag }: Blob, text: string): boolean => text === etag || `"${text}"` === etag;

/** ms since 1970; undefined for a text that is not a date, which the service ignores. */
const timeIn = (text: string | undefined): number | undefined => {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
};

/** When the blob was written, to the second, as headers tell it. */
const secondOf = ({ modifiedAt }: Blob): number => Math.floor(modifiedAt / 1000) * 1000;
