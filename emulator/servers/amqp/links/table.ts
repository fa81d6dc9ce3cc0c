import { match, type Pattern, patternOf, segmentsOf } from '../address.ts';
import { CBS_LINKS } from './cbs.ts';
import { DEVICE_LINKS } from './device.ts';
import { EVENT_HUB_LINKS } from './event-hubs.ts';
import type { LinkRow } from './link-row.ts';
import { SERVICE_LINKS } from './service.ts';

/** What a link is for: to send tokens, or for a device or module, or for a service app. */
type Purpose = 'token' | 'device' | 'service';

interface Row {
  readonly row: LinkRow;
  readonly pattern: Pattern;
  readonly purpose: Purpose;
}

const rows = (purpose: Purpose, links: readonly LinkRow[]): Row[] =>
  links.map((row) => ({ row, pattern: patternOf(row.address), purpose }));

/** All addresses. To add some: a list of rows, in a file of its own. */
const ROWS: readonly Row[] = [
  ...rows('token', CBS_LINKS),
  ...rows('device', DEVICE_LINKS),
  ...rows('service', SERVICE_LINKS),
  ...rows('service', EVENT_HUB_LINKS),
];

/** The row for an address. */
export interface FoundRow {
  readonly row: LinkRow;
  /** What is in the place of its names. */
  readonly names: readonly string[];
  readonly purpose: Purpose;
}

export const findRow = (address: string): FoundRow | undefined => {
  const segments = segmentsOf(address);
  for (const { row, pattern, purpose } of ROWS) {
    const names = match(pattern, segments);
    if (names !== undefined) return { row, names, purpose };
  }
  return undefined;
};
