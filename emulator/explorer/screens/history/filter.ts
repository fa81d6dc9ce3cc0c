import type { LatestVersions } from '../../../../protocol/admin/history.ts';
import { type ChangedPart, placeOf } from '../device/versions-data.ts';

export type LatestVersion = LatestVersions[number];

interface Wanted {
  readonly part: ChangedPart | undefined;
  /** In the id, the author or a path. */
  readonly text: string;
}

/** Those that changed something of the part and have the text. */
export const fitting = (versions: LatestVersions, { part, text }: Wanted): LatestVersions => {
  const lower = text.trim().toLowerCase();
  const has = (one: string): boolean => one.toLowerCase().includes(lower);
  return versions.filter(
    ({ id, by, what, changes }) =>
      (part === undefined || (what !== 'changed' && part === 'identity') || changes.some((one) => isIn(one, part))) &&
      (lower === '' || has(id) || has(by) || changes.some(({ path }) => has(path))),
  );
};

const isIn = ({ path }: { readonly path: string }, part: ChangedPart): boolean => placeOf(path).part === part;
