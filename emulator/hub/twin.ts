import { isObject, type Json, type JsonObject, put } from '../../protocol/json.ts';

/** Desired or reported properties: the values, `$metadata` beside them, `$version`. */
export interface Section {
  readonly values: JsonObject;
  /** In wire form: `$lastUpdated`, `$lastUpdatedVersion` and one entry per key, at every level. */
  readonly metadata: JsonObject;
  readonly version: number;
  /** Not less than the size of `values` in bytes: saves counting on most writes. */
  readonly sizeBound: number;
}

/** The document of one device or module. Immutable: a write makes a new one. */
export interface Twin {
  readonly tags: JsonObject | undefined;
  readonly desired: Section;
  readonly reported: Section;
  /** Counts service writes; the etag is this number. */
  readonly etag: number;
  /** Top-level `version`. */
  readonly version: number;
  /** IoT Plug and Play model that the device announced, `''` if none. */
  readonly modelId: string;
  /** Automatic configurations that target this twin, by id: `Targeted` or `Applied`, or what an import brought along. */
  readonly configurations: Readonly<Record<string, { readonly status: string }>> | undefined;
}

/** The `$metadata` entry that a write leaves on each value: time and, for desired properties, `$version`. */
export type Stamp = { readonly $lastUpdated: string; readonly $lastUpdatedVersion?: number };

export const newTwin = (at: string): Twin => ({
  tags: undefined,
  desired: emptySection(at),
  reported: emptySection(at),
  etag: 1,
  version: 2,
  modelId: '',
  configurations: undefined,
});

/** The twin after a device's write. */
export const withReported = (twin: Twin, reported: Section): Twin => ({
  tags: twin.tags,
  desired: twin.desired,
  reported,
  etag: twin.etag,
  version: twin.version + 1,
  modelId: twin.modelId,
  configurations: twin.configurations,
});

/** base64 of the counter as eight bytes, big-endian: 1 is `AAAAAAAAAAE=`. */
export const twinEtag = (counter: number): string => {
  let bytes = '';
  for (let rest = counter, i = 0; i < 8; i++, rest = Math.floor(rest / 256))
    bytes = String.fromCharCode(rest % 256) + bytes;
  return btoa(bytes);
};

/**
 * Merges a patch into a section: null deletes, objects merge, anything else replaces; `$metadata` follows.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#device-twin-metadata
 */
export const patchSection = (
  section: Section,
  patch: JsonObject,
  change: { at: string; counted: boolean },
): Section => {
  const version = section.version + 1;
  const stamp = { $lastUpdated: change.at, ...(change.counted ? { $lastUpdatedVersion: version } : {}) };
  const { values, metadata } = merge(section, patch, stamp);
  return { values, metadata, version, sizeBound: section.sizeBound + sizeOf(patch) };
};

/** Replaces a whole section; every entry of `$metadata` is new. */
export const replaceSection = (
  section: Section,
  values: JsonObject,
  change: { at: string; counted: boolean },
): Section => {
  const empty = { values: {}, metadata: {}, version: section.version, sizeBound: 0 };
  return patchSection(empty, values, change);
};

/** `metadata` with the times and versions that `given` has for the same values. */
export const stampedAs = (metadata: JsonObject, given: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(metadata).map(([name, own]) => {
      const other = Object.hasOwn(given, name) ? given[name] : undefined;
      if (isObject(own)) return [name, isObject(other) ? stampedAs(own, other) : own];
      return [name, typeof other === typeof own && other !== undefined ? other : own];
    }),
  );

/** RFC 7396 without metadata, for tags. */
export const mergePatch = (target: JsonObject | undefined, patch: JsonObject): JsonObject => {
  const values: Record<string, Json> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete values[key];
    else if (isObject(value)) put(values, key, mergePatch(childOf(values, key), value));
    else put(values, key, value);
  }
  return values;
};

/** What a device hears of a replaced section: the new values, and null for each key that is gone. */
export const replacementPatch = (before: JsonObject, after: JsonObject): JsonObject => {
  const patch: Record<string, Json> = {};
  for (const [key, value] of Object.entries(before)) {
    const next = Object.hasOwn(after, key) ? after[key] : undefined;
    if (next === undefined) put(patch, key, null);
    else put(patch, key, isObject(value) && isObject(next) ? replacementPatch(value, next) : next);
  }
  for (const [key, value] of Object.entries(after)) if (!Object.hasOwn(before, key)) put(patch, key, value);
  return patch;
};

/**
 * Bytes of keys and values as the hub counts them: numbers 8, booleans 4, strings in UTF-8 without control
 * characters. https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#device-twin-size
 */
export const sizeOf = (value: Json): number => {
  if (typeof value === 'string') return utf8Length(value, true);
  if (typeof value === 'number') return 8;
  if (typeof value === 'boolean') return 4;
  if (value === null) return 0;
  let size = 0;
  if (isObject(value)) for (const key of Object.keys(value)) size += utf8Length(key, true) + sizeOf(value[key] ?? null);
  else for (const item of value) size += sizeOf(item);
  return size;
};

/** Length in UTF-8 bytes, control characters (C0, C1) left out if asked. */
export const utf8Length = (text: string, withoutControls = false): number => {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (withoutControls && (unit < 0x20 || (unit >= 0x7f && unit <= 0x9f))) continue;
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit <= 0xdbff && i + 1 < text.length) {
      bytes += 4;
      i += 1;
    } else bytes += 3;
  }
  return bytes;
};

const emptySection = (at: string): Section => ({
  values: {},
  metadata: { $lastUpdated: at },
  version: 1,
  sizeBound: 0,
});

/** Recursion is safe here: the depth was checked before. */
const merge = (
  target: Pick<Section, 'values' | 'metadata'>,
  patch: JsonObject,
  stamp: Stamp,
): Pick<Section, 'values' | 'metadata'> => {
  const values: Record<string, Json> = { ...target.values };
  const metadata: Record<string, Json> = { ...target.metadata, ...stamp };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      delete values[key];
      delete metadata[key];
    } else if (isObject(value)) {
      const child = childOf(values, key);
      const merged = merge({ values: child ?? {}, metadata: (child && childOf(metadata, key)) ?? {} }, value, stamp);
      put(values, key, merged.values);
      put(metadata, key, merged.metadata);
    } else {
      put(values, key, value);
      put(metadata, key, stamp); // shared: a fleet's memory is mostly these
    }
  }
  return { values, metadata };
};

const childOf = (values: JsonObject, key: string): JsonObject | undefined => {
  const child = Object.hasOwn(values, key) ? values[key] : undefined;
  return isObject(child) ? child : undefined;
};
