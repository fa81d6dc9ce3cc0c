import { StorageError } from '../../hub/files/storage-error.ts';

/**
 * Reads `bytes=0-99`; undefined for all bytes. `end` is the first byte that is not wanted. Throws InvalidRange.
 * https://learn.microsoft.com/rest/api/storageservices/specifying-the-range-header-for-blob-service-operations
 */
export const readRange = (
  header: string | readonly string[] | undefined,
  size: number,
): { readonly start: number; readonly end: number } | undefined => {
  const [, first, last = ''] = /^bytes=(\d+)-(\d*)$/.exec(String(header ?? '')) ?? [];
  if (first === undefined) return undefined; // as the service ignores ranges of other forms
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (start >= end)
    throw new StorageError('InvalidRange', 'The range specified is invalid for the current size of the resource.');
  return { start, end };
};
