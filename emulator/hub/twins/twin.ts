import { isObject, type Json, type JsonObject, put } from '../../../protocol/json.ts';
import { findObject } from '../../kernel/json-members.ts';

/** Desired or reported properties: values, `$metadata` and `$version`. A class for the reason that `Member` is one. */
export class Section {
  readonly values: JsonObject;
  /** In wire form: `$lastUpdated`, `$lastUpdatedVersion` and one entry per key, at every level. */
  readonly metadata: JsonObject;
  readonly version: number;
  /** At least the size of `values` in bytes, so that most writes need no counting. */
  readonly sizeBound: number;

  constructor({ values, metadata, version, sizeBound }: Section) {
    this.values = values;
    this.metadata = metadata;
    this.version = version;
    this.sizeBound = sizeBound;
  }
}

/** The document of one device or module. Immutable: a write makes a new one. A class for the reason that `Member` is one. */
export class Twin {
  readonly tags: JsonObject | undefined;
  readonly desired: Section;
  readonly reported: Section;
  /** Counts service writes; the etag is this number. */
  readonly etag: number;
  /** Top-level `version`. */
  readonly version: number;
  /** IoT Plug and Play model that the device announced, `''` if none. */
  readonly modelId: string;
  readonly configurations: ConfigurationStatuses | undefined;

  constructor({ tags, desired, reported, etag, version, modelId, configurations }: Twin) {
    this.tags = tags;
    this.desired = desired;
    this.reported = reported;
    this.etag = etag;
    this.version = version;
    this.modelId = modelId;
    this.configurations = configurations;
  }
}

/** Automatic configurations that target a twin, by id: `Targeted` or `Applied`, or what an import brought along. */
export type ConfigurationStatuses = Readonly<Record<string, { readonly status: string }>>;

/** The `$metadata` entry that a write leaves on each value: time and, for desired properties, `$version`. */
export type Stamp = { readonly $lastUpdated: string; readonly $lastUpdatedVersion?: number };

export const newTwin = (at: string): Twin =>
  new Twin({
    tags: undefined,
    desired: emptySection(at),
    reported: emptySection(at),
    etag: 1,
    version: 2,
    modelId: '',
    configurations: undefined,
  });

/** The twin after a report of its device. */
export const withReported = (twin: Twin, reported: Section): Twin =>
  new Twin({
    tags: twin.tags,
    desired: twin.desired,
    reported,
    etag: twin.etag,
    version: twin.version + 1,
    modelId: twin.modelId,
    configurations: twin.configurations,
  });

/** The twin after a write of a service. */
export const withWritten = (
  twin: Twin,
  { tags, desired, configurations }: Pick<Twin, 'tags' | 'desired' | 'configurations'>,
): Twin =>
  new Twin({
    tags,
    desired,
    reported: twin.reported,
    etag: twin.etag + 1,
    version: twin.version + 1,
    modelId: twin.modelId,
    configurations,
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
  const { values, metadata } = mergeStamped(section, patch, stamp);
  return new Section({ values, metadata, version, sizeBound: section.sizeBound + sizeOf(patch) });
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
  if (isObject(value)) for (const key in value) size += utf8Length(key, true) + sizeOf(value[key] ?? null);
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

const emptySection = (at: string): Section =>
  new Section({ values: {}, metadata: { $lastUpdated: at }, version: 1, sizeBound: 0 });

/** Merges a patch and leaves `stamp` on what it names. Recursion is safe here: the depth was checked before. */
export const mergeStamped = (
  target: Pick<Section, 'values' | 'metadata'>,
  patch: JsonObject,
  stamp: Stamp,
): Pick<Section, 'values' | 'metadata'> => {
  const values: Record<string, Json> = { ...target.values };
  const metadata: Record<string, Json> = { ...target.metadata, ...stamp };
  for (const key in patch) {
    const value = patch[key] ?? null;
    if (value === null) {
      delete values[key];
      delete metadata[key];
    } else if (isObject(value)) {
      const child = findObject(values, key);
      const part = { values: child ?? {}, metadata: (child && findObject(metadata, key)) ?? {} };
      const merged = mergeStamped(part, value, stamp);
      put(values, key, merged.values);
      put(metadata, key, merged.metadata);
    } else {
      put(values, key, value);
      put(metadata, key, stamp); // shared: most of the memory of a twin are stamps
    }
  }
  return { values, metadata };
};
