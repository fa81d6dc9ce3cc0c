import type { Client } from '../api/client.ts';
import type { TwinDocument } from '../api/documents.ts';
import type { DeviceRow } from '../api/types.ts';
import { rowOf } from './device-row.ts';

type Offers = (operation: string) => boolean;

/** The rows of all devices, or of some. Builds without a list of rows give them as twins. */
export const loadRows = async (
  client: Client,
  offers: Offers,
  ids?: readonly string[],
): Promise<readonly DeviceRow[]> => {
  if (offers('GET /devices')) return rowsOf(client, ids);
  if (ids !== undefined) return Promise.all(ids.map(async (id) => rowOf(await client.get<TwinDocument>(twinAt(id)))));
  const { devices } = await client.get<{ devices: readonly TwinDocument[] }>('/export?files=no');
  return devices.map(rowOf);
};

const rowsOf = async (client: Client, ids: readonly string[] | undefined): Promise<readonly DeviceRow[]> => {
  const query = ids === undefined ? '' : `?ids=${encodeURIComponent(JSON.stringify(ids))}`;
  return (await client.get<{ devices: readonly DeviceRow[] }>(`/devices${query}`)).devices;
};

const twinAt = (id: string): string => `/twins/${encodeURIComponent(id)}`;
