import { isSignedSas, type SasParameters, type StorageAccount } from '../../../protocol/blob-sas.ts';
import { StorageError } from '../../hub/files/storage-error.ts';

/** A blob by its address. */
export interface BlobAddress {
  readonly container: string;
  readonly blob: string;
}

/**
 * Admits a request whose SAS has one of `permissions`. `now`: the time of the hub. Throws NoAuthenticationInformation,
 * AuthenticationFailed, AuthorizationPermissionMismatch, AuthorizationProtocolMismatch.
 */
export const demandAccess = (
  account: StorageAccount,
  sas: SasParameters,
  asked: BlobAddress & { readonly permissions: string; readonly now: number },
): void => {
  const field = (name: string): string => sas.get(name) ?? '';
  if (!sas.has('sig'))
    throw new StorageError(
      'NoAuthenticationInformation',
      'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.',
      'The URL has no SAS: use hostName, containerName, blobName and sasToken as the hub gave them.',
    );
  for (const name of ['sv', 'sr', 'sp', 'se'])
    if (field(name) === '') throw notAuthentic(`${name} is mandatory. Cannot be empty`);
  if (!/^[bc]$/.test(field('sr'))) throw notAuthentic('sr must be b or c');
  if (field('si') !== '' || field('sip') !== '')
    throw notAuthentic('the emulator does not support stored access policies and IP ranges');
  if (!isSignedSas(account, sas, asked)) throw notAuthentic(mismatch(account, sas, asked));
  checkTime(field('st'), field('se'), asked.now);
  if (field('spr') !== '' && !field('spr').split(',').includes('https'))
    throw new StorageError(
      'AuthorizationProtocolMismatch',
      'This request is not authorized to perform this operation using this protocol.',
    );
  if (![...asked.permissions].some((permission) => field('sp').includes(permission)))
    throw new StorageError(
      'AuthorizationPermissionMismatch',
      'This request is not authorized to perform this operation using this permission.',
    );
};

const mismatch = (account: StorageAccount, sas: SasParameters, { container, blob }: BlobAddress): string => {
  const isPlus = isSignedSas(account, sas, { container, blob: blob.replaceAll('+', ' ') });
  return `Signature did not match. ${isPlus ? PLUS : 'The SAS is of another blob or hub, or was changed.'}`;
};

const PLUS =
  'The name has + where it had blanks: getBlobUri of the SDK for Java does that; use file names without blanks.';

const checkTime = (start: string, expiry: string, now: number): void => {
  const [from, until] = [start === '' ? Number.NEGATIVE_INFINITY : Date.parse(start), Date.parse(expiry)];
  if (from <= now && now < until) return;
  const current = new Date(now).toUTCString();
  throw notAuthentic(
    `Signature not valid in the specified time frame: Start [${start}] - Expiry [${expiry}] - Current [${current}]`,
  );
};

const notAuthentic = (detail: string): StorageError =>
  new StorageError(
    'AuthenticationFailed',
    'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.',
    detail,
  );
