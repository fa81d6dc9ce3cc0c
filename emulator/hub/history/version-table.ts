import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { copyOf, StateMap } from '../../kernel/state-map.ts';
import type { Row, RowChange, Store, StoreCopy, StoreListener } from '../../kernel/store.ts';
import type { Member } from '../fleet/member.ts';
import { KeptVersions, type NextVersion } from './kept-versions.ts';
import type { VersionList } from './version-list.ts';

// of an id in the map, its versions and the latest of them
const KEPT_BYTES = 300;

/** The versions of each id. They grow in place; for others they are lists, which are made when somebody reads or listens. */
export class VersionTable implements Store<VersionList> {
  readonly #rows = new StateMap<KeptVersions>();
  #bytes = 0;
  #listener: StoreListener<VersionList> | undefined;

  /** What earlier versions take, by estimates. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: IdentityKey): KeptVersions | undefined {
    return this.#rows.get(key);
  }

  get size(): number {
    return this.#rows.size;
  }

  has(key: IdentityKey): boolean {
    return this.#rows.has(key);
  }

  /** Follows the changes that are made while somebody reads it. */
  keys(): Iterable<IdentityKey> {
    return this.#rows.keys();
  }

  set(key: IdentityKey, kept: KeptVersions): void {
    this.#count(this.#rows.get(key), kept);
    this.#rows.set(key, kept);
  }

  /** Adds a version to what is kept of an id, and drops those that are not among the latest `limit`, or keeps a few of them. */
  add(key: IdentityKey, kept: KeptVersions, version: NextVersion, limit: number): void {
    const before = this.#listener && kept.list;
    this.#bytes -= kept.bytes;
    kept.add(version);
    kept.keepLatest(limit);
    this.#changed(key, kept, before);
  }

  /** As KeptVersions. Others see no change. */
  beginRun(kept: KeptVersions, row: Member, bytes: number): void {
    this.#bytes -= kept.bytes;
    kept.beginRun(row, bytes);
    this.#bytes += kept.bytes;
  }

  /** Changes what is kept of an id, by `change`. */
  change(key: IdentityKey, kept: KeptVersions, change: () => void): void {
    const before = this.#listener && kept.list;
    this.#bytes -= kept.bytes;
    change();
    this.#changed(key, kept, before);
  }

  delete(key: IdentityKey): void {
    this.#count(this.#rows.get(key), undefined);
    this.#rows.delete(key);
  }

  clear(): void {
    this.#rows.clear();
    this.#bytes = 0;
  }

  setListener(listener: StoreListener<VersionList> | undefined): void {
    this.#listener = listener;
    this.#rows.setListener(listener && ((key, kept, place, before) => listener(key, kept?.list, place, before?.list)));
  }

  entries(): readonly Row<VersionList>[] {
    return Array.from(this.#rows.entries(), ({ key, value, place }) => ({ key, value: value.list, place }));
  }

  load({ key, value, place }: RowChange<VersionList>): void {
    const kept = value && new KeptVersions(value);
    this.#count(this.#rows.get(key), kept);
    this.#rows.load({ key, value: kept, place });
  }

  copy(): StoreCopy<VersionList> {
    return copyOf(this.entries());
  }

  /** Tells every row, since two views of the same versions are different lists. Snapshots leave the history out, so this is rare. */
  restore(copy: StoreCopy<VersionList>): void {
    this.clear();
    for (const row of copy.entries()) this.load(row);
  }

  #changed(key: IdentityKey, kept: KeptVersions, before: VersionList | undefined): void {
    this.#bytes += kept.bytes;
    this.#listener?.(key, kept.list, this.#rows.placeOf(key), before);
  }

  #count(before: KeptVersions | undefined, after: KeptVersions | undefined): void {
    if (before !== undefined) this.#bytes -= KEPT_BYTES + before.bytes;
    if (after !== undefined) this.#bytes += KEPT_BYTES + after.bytes;
  }
}
