import { readFile } from 'node:fs/promises';
import { mergePatch } from '../emulator/hub/twin.ts';
import type { JsonObject } from '../protocol/json.ts';

/** The properties of a twin as a service sees them. */
export interface Properties {
  readonly desired: JsonObject & { readonly $version: number };
  readonly reported: JsonObject & { readonly $version: number };
}

/** What one device has sent and heard. */
interface Notes {
  readonly deviceId: string;
  readonly answered: number;
  /** `$version` in the first and the last answer. */
  readonly versions: readonly [number, number];
  /** What the last acknowledged report said. */
  readonly value: number;
  readonly updates: readonly (readonly [version: number, patch: JsonObject])[];
}

/** In how many devices, or how often, something is not as the devices know it. */
export interface Audit {
  /** Acknowledged, and not what the twin holds now. */
  readonly lost: number;
  /** `$version` of reported properties is not the number of acknowledged reports. */
  readonly miscounted: number;
  readonly updates: number;
  readonly heard: number;
  /** Updates that were not heard, in one device or the other. */
  readonly missing: number;
  /** Heard in another order than that of `$version`, or with a gap. */
  readonly disordered: number;
  /** The desired properties that a device has put together are not those of its twin. */
  readonly different: number;
}

/** Holds the notes of all devices, as `bench/load/reports.c` writes them, against their twins before and after. */
export const audit = async (
  file: string,
  before: ReadonlyMap<string, Properties>,
  after: ReadonlyMap<string, Properties>,
): Promise<Audit> => {
  const sum = { lost: 0, miscounted: 0, updates: 0, heard: 0, missing: 0, disordered: 0, different: 0 };
  for (const line of (await readFile(file, 'utf8')).trimEnd().split('\n')) {
    const notes = readNotes(line);
    const [old, now] = [before.get(notes.deviceId), after.get(notes.deviceId)];
    if (old === undefined || now === undefined) throw new Error(`${notes.deviceId} has no twin`);
    const written = now.desired.$version - old.desired.$version;
    const counts = isCounted(notes, old.reported.$version, now.reported.$version);
    sum.lost += Number(now.reported.value !== notes.value);
    sum.miscounted += Number(!counts);
    sum.updates += written;
    sum.heard += notes.updates.length;
    sum.missing += Math.max(0, written - notes.updates.length);
    sum.disordered += Number(notes.updates.some(([version], i) => version !== old.desired.$version + 1 + i));
    sum.different += Number(!isSame(withoutMetadata(now.desired), heardOf(old, notes)));
  }
  return sum;
};

const readNotes = (line: string): Notes => {
  const [deviceId = '', , answered, first, last, value, updates = '[]'] = line.split('\t');
  return {
    deviceId,
    answered: Number(answered),
    versions: [Number(first), Number(last)],
    value: Number(value),
    updates: JSON.parse(updates),
  };
};

const isCounted = ({ answered, versions: [first, last] }: Notes, before: number, now: number): boolean =>
  first === before + 1 && last === now && now === before + answered;

/** The desired properties as a device knows them that applies what it hears. */
const heardOf = (old: Properties, { updates }: Notes): JsonObject =>
  updates.reduce<JsonObject>((known, [, patch]) => mergePatch(known, patch), withoutMetadata(old.desired));

const withoutMetadata = ({ $metadata: _, ...properties }: JsonObject): JsonObject => properties;

const isSame = (a: JsonObject, b: JsonObject): boolean => sorted(a) === sorted(b);

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, part) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
