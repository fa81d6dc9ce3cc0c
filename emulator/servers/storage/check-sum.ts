import { createHash } from 'node:crypto';
import { StorageError } from '../../hub/files/storage-error.ts';

/** Compares a body, piece by piece, with what its sender says of it. */
export interface CheckSum {
  add(bytes: Uint8Array): void;
  /** After the last piece. Throws Md5Mismatch. */
  check(): void;
}

/**
 * For a Content-MD5; undefined without one. Throws InvalidMd5.
 * https://learn.microsoft.com/rest/api/storageservices/put-blob#request-headers-all-blob-types
 */
export const checkSumOf = (header: string | readonly string[] | undefined): CheckSum | undefined => {
  if (header === undefined) return undefined;
  if (!/^[A-Za-z0-9+/]{22}==$/.test(String(header)))
    throw new StorageError(
      'InvalidMd5',
      'The MD5 value specified in the request is invalid. MD5 value must be 128 bits and base64 encoded.',
    );
  const hash = createHash('md5');
  return {
    add: (bytes) => void hash.update(bytes),
    check() {
      if (hash.digest('base64') === header) return;
      throw new StorageError(
        'Md5Mismatch',
        'The MD5 value specified in the request did not match with the MD5 value calculated by the server.',
      );
    },
  };
};
