import { isObject, type Json, type JsonObject } from './json.ts';
import { leavesOf, type Path, sameJson, valueAt } from './json-paths.ts';

/** A desired path that the device has not followed. */
export type Drift =
  | { readonly path: Path; readonly kind: 'different'; readonly reported: Json }
  | {
      readonly path: Path;
      readonly kind: 'refused';
      readonly reported: Json;
      readonly status: number;
      readonly text?: string;
    }
  /** The device acknowledged an older version of the desired properties. */
  | { readonly path: Path; readonly kind: 'pending'; readonly reported: Json; readonly version: number }
  | { readonly path: Path; readonly kind: 'missing' };

/** What a device has reported by the Plug and Play convention: `{value, ac, av, ad}`. */
interface Acknowledgement {
  readonly value: Json;
  readonly ac: number;
  readonly av: number;
  readonly ad?: string;
}

/**
 * Desired paths whose reported counterpart is missing or different; writable properties of Plug and Play devices are
 * compared by their acknowledgement, which names a `version` of the desired ones.
 * https://learn.microsoft.com/azure/iot/concepts-convention#writable-properties
 */
export const driftOf = (wanted: JsonObject, found: JsonObject, version: number): Drift[] =>
  leavesOf(wanted).flatMap(({ path, value }) => {
    if (path.at(-1) === '__t') return [];
    const drift = compare(path, value, { wanted, found, version });
    return drift === undefined ? [] : [drift];
  });

interface Sections {
  readonly wanted: Json;
  readonly found: Json;
  readonly version: number;
}

const compare = (path: Path, value: Json, sections: Sections): Drift | undefined => {
  const acknowledged = acknowledgementOf(path, sections);
  if (acknowledged !== undefined) return judge(path, acknowledged, sections.version);
  const reported = valueAt(sections.found, path);
  if (reported === undefined) return { path, kind: 'missing' };
  return sameJson(reported, value) ? undefined : { path, kind: 'different', reported };
};

/** The acknowledgement of the property that holds `path`, with what was wanted of the whole property. */
const acknowledgementOf = (
  path: Path,
  { wanted, found }: Sections,
): (Acknowledgement & { isSame: boolean }) | undefined => {
  for (let length = path.length; length > 0; length--) {
    const prefix = path.slice(0, length);
    const reported = valueAt(found, prefix);
    if (isAcknowledgement(reported)) return { ...reported, isSame: sameJson(reported.value, valueAt(wanted, prefix)) };
  }
  return undefined;
};

const judge = (
  path: Path,
  { value, ac, av, ad, isSame }: Acknowledgement & { isSame: boolean },
  version: number,
): Drift | undefined => {
  if (av < version && !isSame) return { path, kind: 'pending', reported: value, version: av };
  if (ac < 200 || ac > 299) return { path, kind: 'refused', reported: value, status: ac, ...(ad ? { text: ad } : {}) };
  return isSame ? undefined : { path, kind: 'different', reported: value };
};

const isAcknowledgement = (value: unknown): value is Acknowledgement & { readonly [key: string]: Json } =>
  isObject(value) && 'value' in value && typeof value.ac === 'number' && typeof value.av === 'number';

/** For lists: how many paths differ, and how many were not reported. */
export const countDrift = (drift: readonly Drift[]): { readonly different: number; readonly missing: number } => {
  const missing = drift.filter(({ kind }) => kind === 'missing').length;
  return { different: drift.length - missing, missing };
};
