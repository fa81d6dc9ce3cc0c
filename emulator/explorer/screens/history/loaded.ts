import type { LatestVersions } from '../../../../protocol/admin/history.ts';

/** What the page knows of the latest versions: newest first and without gaps. */
export interface Loaded {
  readonly versions: LatestVersions;
  /** The hub may have older ones. */
  readonly hasMore: boolean;
}

export const NOTHING: Loaded = { versions: [], hasMore: false };

/** As many as are asked for at once. */
export const PORTION = 100;

/** As many stay when newer ones come, if a person asked for older ones. */
const MOST = 1000;

/** Of a version, as `GET /history` takes it. */
export const spotOf = ({ event, version, id }: LatestVersions[number]): string => `${event}/${version}/${id}`;

/**
 * Puts the latest portion before those that were loaded and are older. If they do not join, because the hub was reset or restored
 * or changed faster than the page asks, the list begins again.
 */
export const withLatest = ({ versions, hasMore }: Loaded, latest: LatestVersions): Loaded => {
  const isFull = latest.length === PORTION;
  const [oldest] = latest.slice(-1).map(spotOf);
  const joint = isFull ? versions.findIndex((one) => spotOf(one) === oldest) : -1;
  if (joint < 0) return { versions: latest, hasMore: isFull };
  const all = latest.concat(versions.slice(joint + 1));
  const room = versions.length > PORTION ? Math.max(MOST, versions.length) : PORTION;
  return { versions: all.slice(0, room), hasMore: hasMore || all.length > room };
};

/** `after`: the spot of the version that the older ones follow; if that is the last no more, they are left out. */
export const withOlder = (loaded: Loaded, older: LatestVersions, after: string): Loaded => {
  const [oldest] = loaded.versions.slice(-1).map(spotOf);
  if (oldest !== after) return loaded;
  return { versions: loaded.versions.concat(older), hasMore: older.length === PORTION };
};
