import { createHmac, timingSafeEqual } from 'node:crypto';

/** A storage account, and the secret of its signatures. */
export interface StorageAccount {
  readonly name: string;
  /** Base64. */
  readonly key: string;
}

/** What a service SAS is for. */
export interface BlobGrant {
  readonly container: string;
  readonly blob: string;
  /** Such as `rw`. */
  readonly permissions: string;
  /** ms since 1970. */
  readonly expiresAt: number;
}

/** The parameters of a SAS by name, decoded. */
export type SasParameters = ReadonlyMap<string, string>;

const VERSION = '2020-12-06';

/** A SAS for one blob, beginning with `?`. https://learn.microsoft.com/rest/api/storageservices/create-service-sas */
export const signBlobSas = (account: StorageAccount, grant: BlobGrant): string => {
  const { container, blob, permissions, expiresAt } = grant;
  const fields = { sv: VERSION, sr: 'b', sp: permissions, spr: 'https', se: secondsOf(expiresAt) };
  const sig = signatureOf(account, new Map(Object.entries(fields)), { container, blob });
  return `?${new URLSearchParams({ ...fields, sig })}`;
};

/** True if the account has signed these parameters, for the blob or for its whole container. */
export const isSignedSas = (
  account: StorageAccount,
  sas: SasParameters,
  resource: Pick<BlobGrant, 'container' | 'blob'>,
): boolean => {
  // the signed text has a line for each field: line ends in fields could make it that of another blob
  if ([...sas.values()].some((value) => value.includes('\n'))) return false;
  const expected = Buffer.from(signatureOf(account, sas, resource));
  const given = Buffer.from(sas.get('sig') ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
};

/** A SAS for a whole account. https://learn.microsoft.com/rest/api/storageservices/create-account-sas */
export const signAccountSas = (account: StorageAccount, permissions: string, expiresAt: number): string => {
  const se = secondsOf(expiresAt);
  const fields = [account.name, permissions, 'b', 'co', '', se, '', '', VERSION, ''];
  const sig = hmac(account, `${fields.join('\n')}\n`);
  return `?${new URLSearchParams({ sv: VERSION, ss: 'b', srt: 'co', sp: permissions, se, sig })}`;
};

/** Later versions have signed more: `sr` and the snapshot, and then the encryption scope. */
const signatureOf = (
  account: StorageAccount,
  sas: SasParameters,
  { container, blob }: Pick<BlobGrant, 'container' | 'blob'>,
): string => {
  const field = (name: string): string => sas.get(name) ?? '';
  const version = field('sv');
  const resource = `/blob/${account.name}/${container}${field('sr') === 'c' ? '' : `/${blob}`}`;
  const text = [
    ...['sp', 'st', 'se'].map(field),
    resource,
    ...['si', 'sip', 'spr', 'sv'].map(field),
    ...(version >= '2018-11-09' ? [field('sr'), ''] : []),
    ...(version >= '2020-12-06' ? [field('ses')] : []),
    ...['rscc', 'rscd', 'rsce', 'rscl', 'rsct'].map(field),
  ];
  return hmac(account, text.join('\n'));
};

const hmac = ({ key }: StorageAccount, text: string): string =>
  createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');

const secondsOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
