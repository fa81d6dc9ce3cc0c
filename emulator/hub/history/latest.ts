import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { Heap } from '../../kernel/heap.ts';
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
  /** Only what follows it. */
  readonly after?: Spot | undefined;
}

/** Where a version stands among those of all ids. One event may tell those of many ids, as `hub.imported` does, or many of one. */
export interface Spot {
  readonly event: number;
  readonly key: IdentityKey;
  readonly number: number;
}

/** `before`: EVENT/VERSION/ID, or the number of an event, before which all are wanted. */
export const readSpot = (before: string): Spot => {
  const [event = '', number, ...id] = before.split('/');
  return number === undefined
    ? { event: Number(event) - 1, key: '', number: 0 }
    : { event: Number(event), key: id.join('/'), number: Number(number) };
};

type InReach = (list: VersionList) => VersionList | undefined;

interface Place extends Spot {
  readonly list: VersionList;
  readonly place: number;
}

/** The versions of an id that are not given yet, the newest of them last. */
interface Source {
  readonly newest: Spot;
  /** Undefined: the list was not read yet, and has none that is newer. */
  readonly rest?: Place[];
  readonly list: VersionList;
}

/**
 * The latest versions of all ids together: newest first, those of one event by id. What the history begins with is none. `inReach`: what of a
 * list is to be read. Only lists that have something to choose, or newer, are read, and rows made of what is chosen.
 */
export const latestVersions = (
  lists: Iterable<Row<VersionList>>,
  inReach: InReach,
  query: LatestQuery,
): readonly LatestVersion[] =>
  placesOf(lists, inReach, query).flatMap(({ key, list, place }) => {
    const version = list.at(place);
    return version === undefined ? [] : [{ key, version, before: list.at(place - 1) }];
  });

const placesOf = (
  lists: Iterable<Row<VersionList>>,
  inReach: InReach,
  { limit, after }: LatestQuery,
): readonly Place[] => {
  const sources = new Heap<Source>((a, b) => newestFirst(a.newest, b.newest), Array.from(lists, unread));
  const found: Place[] = [];
  while (found.length < limit) {
    const source = sources.pop();
    if (source === undefined) break;
    const { list, newest } = source;
    const rest =
      source.rest ??
      placesIn(newest.key, list, inReach).filter((one) => after === undefined || newestFirst(after, one) < 0);
    if (source.rest !== undefined) found.push(...rest.splice(-1));
    const next = rest.at(-1);
    if (next !== undefined) sources.push({ newest: next, rest, list });
  }
  return found;
};

const unread = ({ key, value: list }: Row<VersionList>): Source => ({
  newest: { key, event: list.event, number: list.number },
  list,
});

const newestFirst = (a: Spot, b: Spot): number => b.event - a.event || byId(a, b) || b.number - a.number;

const byId = (a: Spot, b: Spot): number => Number(a.key > b.key) - Number(a.key < b.key);

const placesIn = (key: IdentityKey, kept: VersionList, inReach: InReach): Place[] => {
  if (kept.damage !== undefined) return []; // until its twin is read or written, and it begins again
  const list = inReach(kept);
  if (list === undefined) return [];
  return list.kept
    .map((one, place) => ({ one, place }))
    .filter(({ one }) => !('by' in one && one.by.kind === 'start'))
    .map(({ one: { event, number }, place }) => ({ key, event, number, list, place }));
};
