import { match, type Pattern, patternOf, segmentsOf } from '../address.ts';
import { CBS_LINKS } from './cbs.ts';
import { DEVICE_LINKS } from './device.ts';
import { EVENT_HUB_LINKS } from './event-hubs.ts';
import type { LinkRow } from './link-row.ts';
import { SERVICE_LINKS } from './service.ts';

/** All addresses. To add some: a list of rows, in a file of its own. */
const ROWS: readonly { readonly row: LinkRow; readonly pattern: Pattern }[] = [
  ...CBS_LINKS,
  ...DEVICE_LINKS,
  ...SERVICE_LINKS,
  ...EVENT_HUB_LINKS,
].map((row) => ({ row, pattern: patternOf(row.address) }));

/** The row for an address, and what is in the place of its names. */
export const findRow = (address: string): { readonly row: LinkRow; readonly names: readonly string[] } | undefined => {
  const segments = segmentsOf(address);
  for (const { row, pattern } of ROWS) {
    const names = match(pattern, segments);
    if (names !== undefined) return { row, names };
  }
  return undefined;
};
