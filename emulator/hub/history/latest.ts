import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Row } from '../../kernel/store.ts';
import type { Version } from './version.ts';
import type { VersionList } from './version-list.ts';

/** A version with the one before it, if that is kept. */
export interface LatestVersion {
  readonly key: IdentityKey;
  readonly version: Version;
  readonly before: Version | undefined;
}

export interface LatestQuery {
  readonly limit: number;
  /** The number of an event: versions that it or a later one told are left out. */
  readonly before?: number | undefined;
}

interface Place {
  readonly key: IdentityKey;
  readonly list: VersionList;
  readonly place: number;
  readonly event: number;
}

/**
 * The latest versions of all ids together, newest first. What the history begins with is none. `most`: of one id. Rows are made of the
 * versions that are chosen only.
 */
export const latestVersions = (
  lists: Iterable<Row<VersionList>>,
  most: number,
  { limit, before = Number.POSITIVE_INFINITY }: LatestQuery,
): readonly LatestVersion[] => {
  let found: Place[] = [];
  let least = 0;
  for (const { key, value: list } of [...lists].sort((a, b) => b.value.event - a.value.event)) {
    if (list.event < least) break;
    found.push(...placesIn(key, list, most).filter(({ event }) => event < before && event >= least));
    if (found.length < limit) continue;
    found = found.sort((a, b) => b.event - a.event).slice(0, limit);
    least = found.at(-1)?.event ?? 0;
  }
  return found
    .sort((a, b) => b.event - a.event)
    .flatMap(({ key, list, place }) => {
      const version = list.at(place);
      return version === undefined ? [] : [{ key, version, before: list.at(place - 1) }];
    });
};

const placesIn = (key: IdentityKey, list: VersionList, most: number): readonly Place[] => {
  if (list.damage !== undefined) return []; // until its twin is read or written, and it begins again
  return list.kept
    .map((one, place) => ({ key, list, place, event: one.event, isStart: 'by' in one && one.by.kind === 'start' }))
    .slice(-most)
    .filter(({ isStart }) => !isStart);
};
