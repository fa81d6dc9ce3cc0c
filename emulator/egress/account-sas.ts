import { createHmac } from 'node:crypto';

const VERSION = '2020-10-02';
const RIGHTS = 'rwcl';
const LIFETIME_MS = 3_600_000;

/**
 * A SAS of a storage account for blobs, for an hour, as parameters of a query.
 * https://learn.microsoft.com/rest/api/storageservices/create-account-sas
 */
export const accountSas = ({ name, key }: { readonly name: string; readonly key: string }): URLSearchParams => {
  const expiry = `${new Date(Date.now() + LIFETIME_MS).toISOString().slice(0, 19)}Z`;
  const [services, types] = ['b', 'co'];
  const toSign = [name, RIGHTS, services, types, '', expiry, '', '', VERSION, ''].join('\n');
  const sig = createHmac('sha256', Buffer.from(key, 'base64')).update(toSign).digest('base64');
  return new URLSearchParams({ sv: VERSION, ss: services, srt: types, sp: RIGHTS, se: expiry, sig });
};
