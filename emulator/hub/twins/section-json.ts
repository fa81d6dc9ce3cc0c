import { isObject, type Json, type JsonObject, put } from '../../../protocol/json.ts';
import { Section, type Stamp } from './twin.ts';

/** A time, or a time and a version. */
export type StampJson = string | readonly [at: string, version: number];

/**
 * A section as JSON. `$metadata` mirrors the values, and most of its stamps are equal: written are the different ones, and for
 * each value which one it has. Without `stamps`, `places` is `$metadata` itself.
 */
export type SectionJson = readonly [
  values: JsonObject,
  stamps: readonly StampJson[] | null,
  places: Places,
  version: number,
  sizeBound: number,
];

/** The number of a stamp, of a value and of all that is in it; or that of an object as `$`, and those of its members. */
type Places = number | { readonly [name: string]: Places };

/** The member of places that is not the name of a value. */
const OWN = '$';

export const sectionToJson = ({ values, metadata, version, sizeBound }: Section): SectionJson => {
  const stamps = new Stamps();
  const places = placesOf(values, metadata, stamps);
  if (places !== undefined) return [values, stamps.list, places, version, sizeBound];
  return [values, null, metadata as unknown as Places, version, sizeBound]; // as the type says
};

export const sectionFromJson = ([values, list, places, version, sizeBound]: SectionJson): Section =>
  new Section({
    values,
    metadata: list === null ? (places as unknown as JsonObject) : metadataOf(values, places, list.map(stampFromJson)),
    version,
    sizeBound,
  });

export const stampToJson = ({ $lastUpdated: at, $lastUpdatedVersion: version }: Stamp): StampJson =>
  version === undefined ? at : [at, version];

export const stampFromJson = (json: StampJson): Stamp =>
  typeof json === 'string' ? { $lastUpdated: json } : { $lastUpdated: json[0], $lastUpdatedVersion: json[1] };

/** The stamp of an entry of `$metadata`; undefined if it does not begin with one. */
export const stampIn = (metadata: JsonObject): Stamp | undefined => {
  const { $lastUpdated: at, $lastUpdatedVersion: version } = metadata;
  if (typeof at !== 'string') return undefined;
  if (version === undefined) return { $lastUpdated: at };
  return typeof version === 'number' ? { $lastUpdated: at, $lastUpdatedVersion: version } : undefined;
};

/** True if an entry of `$metadata` has this stamp. */
export const hasStamp = (metadata: JsonObject, { $lastUpdated: at, $lastUpdatedVersion: version }: Stamp): boolean =>
  metadata.$lastUpdated === at && metadata.$lastUpdatedVersion === version;

/** Number of members of a stamp. */
export const stampSize = ({ $lastUpdatedVersion: version }: Stamp): number => (version === undefined ? 1 : 2);

/** The different stamps of a section, numbered. */
class Stamps {
  readonly list: StampJson[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(stamp: Stamp): number {
    const { $lastUpdated: at, $lastUpdatedVersion: version } = stamp;
    const name = version === undefined ? at : `${at} ${version}`;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.list.length);
    return this.list.push(stampToJson(stamp)) - 1;
  }
}

/** Undefined if `metadata` is not as the hub writes it: a stamp, then the members of `value` in their order. */
const placesOf = (value: Json, metadata: Json | undefined, stamps: Stamps): Places | undefined => {
  const stamp = isObject(metadata) ? stampIn(metadata) : undefined;
  if (stamp === undefined) return undefined;
  const own = stamps.numberOf(stamp);
  if (isUniform(value, metadata, stamp)) return own;
  if (!isObject(value) || !isObject(metadata) || !mirrors(value, metadata, stamp)) return undefined;
  const places: Record<string, Places> = { [OWN]: own };
  for (const name of Object.keys(value)) {
    const inner = placesOf(value[name] ?? null, metadata[name], stamps);
    if (inner === undefined || name === OWN) return undefined;
    put(places, name, inner);
  }
  return places;
};

/** True if the value and all that is in it have this stamp. */
const isUniform = (value: Json | undefined, metadata: Json | undefined, stamp: Stamp): boolean => {
  if (!isObject(metadata) || !hasStamp(metadata, stamp) || !mirrors(value, metadata, stamp)) return false;
  if (!isObject(value)) return true;
  for (const name in value) if (!isUniform(value[name], metadata[name], stamp)) return false;
  return true;
};

/** True if `metadata` has the members of a stamp and then those of `value`. */
const mirrors = (value: Json | undefined, metadata: JsonObject, stamp: Stamp): boolean => {
  const [entries, first] = [Object.keys(metadata), stampSize(stamp)];
  if (entries[0] !== '$lastUpdated' || (first === 2 && entries[1] !== '$lastUpdatedVersion')) return false;
  if (!isObject(value)) return entries.length === first;
  const names = Object.keys(value);
  return entries.length === first + names.length && names.every((name, index) => entries[first + index] === name);
};

const metadataOf = (values: JsonObject, places: Places, stamps: readonly Stamp[]): JsonObject => {
  if (typeof places === 'number') return uniform(values, stampAt(stamps, places));
  const metadata = { ...stampAt(stamps, places[OWN]) };
  for (const name in values) {
    const value = values[name];
    const place = places[name] ?? Number.NaN;
    put(metadata, name, isObject(value) ? metadataOf(value, place, stamps) : stampAt(stamps, place));
  }
  return metadata;
};

/** `$metadata` with one stamp, which leaves share as they do after a write. */
const uniform = (values: JsonObject, stamp: Stamp): JsonObject => {
  const { $lastUpdated, $lastUpdatedVersion } = stamp;
  const metadata: JsonObject =
    $lastUpdatedVersion === undefined ? { $lastUpdated } : { $lastUpdated, $lastUpdatedVersion };
  for (const name in values) {
    const value = values[name];
    put(metadata, name, isObject(value) ? uniform(value, stamp) : stamp);
  }
  return metadata;
};

const stampAt = (stamps: readonly Stamp[], place: Places | undefined): Stamp => {
  const stamp = typeof place === 'number' ? stamps[place] : undefined;
  if (stamp === undefined) throw new Error('The metadata of a twin cannot be read.');
  return stamp;
};
