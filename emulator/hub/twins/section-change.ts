import { isObject, type JsonObject, own, put } from '../../../protocol/json.ts';
import {
  hasStamp,
  type SectionJson,
  type StampJson,
  sectionFromJson,
  sectionToJson,
  stampFromJson,
  stampIn,
  stampSize,
  stampToJson,
} from './section-json.ts';
import { mergeStamped, Section, type Stamp } from './twin.ts';

/** What has changed in a section: a patch and the stamp that it leaves on what it names, or the section as a whole. */
export type SectionChange =
  | readonly [patch: JsonObject, stamp: StampJson, version: number, sizeBound: number]
  | readonly [SectionJson];

/** What makes `after` of `before`: a patch, if there is one that does exactly this. */
export const sectionChangeOf = (before: Section, after: Section): SectionChange => {
  const stamp = stampIn(after.metadata);
  const patch = stamp && patchOf(before, after, stamp);
  if (stamp === undefined || patch === undefined) return [sectionToJson(after)];
  return [patch, stampToJson(stamp), after.version, after.sizeBound];
};

/** What `change` makes of `before`. */
export const changedSection = (before: Section, change: SectionChange): Section => {
  if (change.length === 1) return sectionFromJson(change[0]);
  const [patch, stamp, version, sizeBound] = change;
  const { values, metadata } = mergeStamped(before, patch, stampFromJson(stamp));
  return new Section({ values, metadata, version, sizeBound });
};

type Part = Pick<Section, 'values' | 'metadata'>;

const EMPTY: Part = { values: {}, metadata: {} };

/** The patch that `mergeStamped` makes `after` of `before` with; undefined if there is none. */
const patchOf = (before: Part, after: Part, stamp: Stamp): JsonObject | undefined => {
  if (!hasStamp(after.metadata, stamp)) return undefined;
  const patch: JsonObject = {};
  const names = Object.keys(after.values);
  let kept = 0;
  for (const name in before.values)
    if (names[kept] === name) {
      kept += 1;
      const isSame = before.values[name] === after.values[name] && before.metadata[name] === after.metadata[name];
      if (!isSame && !addEntry(patch, name, { before, after, stamp })) return undefined;
    } else if (Object.hasOwn(after.values, name))
      return undefined; // a patch leaves members where they were
    else put(patch, name, null);
  for (const name of names.slice(kept)) if (!addEntry(patch, name, { before: EMPTY, after, stamp })) return undefined;
  return hasOrder(before, after, names) ? patch : undefined;
};

interface Difference {
  readonly before: Part;
  readonly after: Part;
  readonly stamp: Stamp;
}

/** Adds to `patch` what makes the member `name` as it is after; false if nothing does. */
const addEntry = (patch: JsonObject, name: string, { before, after, stamp }: Difference): boolean => {
  const [value, metadata] = [after.values[name], after.metadata[name]];
  if (value === undefined || value === null || !isObject(metadata)) return false;
  if (!isObject(value)) {
    if (!hasStamp(metadata, stamp) || Object.keys(metadata).length !== stampSize(stamp)) return false;
    put(patch, name, value);
    return true;
  }
  const inner = patchOf(partIn(before, name), { values: value, metadata }, stamp);
  if (inner !== undefined) put(patch, name, inner);
  return inner !== undefined;
};

const partIn = ({ values, metadata }: Part, name: string): Part => {
  const [value, entry] = [own(values, name), own(metadata, name)];
  return isObject(value) ? { values: value, metadata: isObject(entry) ? entry : {} } : EMPTY;
};

/** True if `$metadata` has the entries that a merge leaves, in their order: those that were there, then new ones. */
const hasOrder = (before: Part, after: Part, names: readonly string[]): boolean => {
  const entries = Object.keys(after.metadata);
  let at = 0;
  for (const name in before.metadata)
    if (entries[at] === name) at += 1;
    else if (Object.hasOwn(after.metadata, name) || !Object.hasOwn(before.values, name)) return false;
  for (const name of STAMP) if (entries[at] === name) at += 1;
  for (const name of names) if (entries[at] === name) at += 1;
  return at === entries.length;
};

const STAMP = ['$lastUpdated', '$lastUpdatedVersion'];
