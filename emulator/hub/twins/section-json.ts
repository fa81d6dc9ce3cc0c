import { isObject, type Json, type JsonObject, put } from '../../../protocol/json.ts';
import type { Section, Stamp } from './twin.ts';

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

export const sectionFromJson = ([values, list, places, version, sizeBound]: SectionJson): Section => ({
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
  if (stamp === undefined || !isObject(metadata)) return undefined;
  const [entries, first] = [Object.keys(metadata), stampSize(stamp)];
  if (entries[0] !== '$lastUpdated' || (first === 2 && entries[1] !== '$lastUpdatedVersion')) return undefined;
  const own = stamps.numberOf(stamp);
  if (!isObject(value)) return entries.length === first ? own : undefined;
  const names = Object.keys(value);
  if (entries.length !== first + names.length) return undefined;
  const places: Record<string, Places> = { [OWN]: own };
  let isUniform = true;
  for (const [index, name] of names.entries()) {
    const inner = placesOf(value[name] ?? null, metadata[name], stamps);
    if (inner === undefined || entries[first + index] !== name || name === OWN) return undefined;
    isUniform &&= inner === own;
    put(places, name, inner);
  }
  return isUniform ? own : places;
};

const metadataOf = (values: JsonObject, places: Places, stamps: readonly Stamp[]): JsonObject => {
  const isUniform = typeof places === 'number';
  const stamp = stampAt(stamps, isUniform ? places : places[OWN]);
  const metadata: JsonObject = { ...stamp };
  for (const name of Object.keys(values)) {
    const value = values[name];
    const place = isUniform ? places : (places[name] ?? Number.NaN);
    const inner = isObject(value) ? metadataOf(value, place, stamps) : stampAt(stamps, place); // shared, as `patchSection` does
    put(metadata, name, inner);
  }
  return metadata;
};

const stampAt = (stamps: readonly Stamp[], place: Places | undefined): Stamp => {
  const stamp = typeof place === 'number' ? stamps[place] : undefined;
  if (stamp === undefined) throw new Error('The metadata of a twin cannot be read.');
  return stamp;
};
