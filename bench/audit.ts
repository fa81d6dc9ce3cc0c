import { readFile } from 'node:fs/promises';
import { mergePatch } from '../emulator/hub/twins/merge-patch.ts';
import type { JsonObject } from '../protocol/json.ts';

/** The properties of a twin as a service sees them. */
export interface Properties {
  readonly desired: JsonObject & { readonly $version: number };
  readonly reported: JsonObject & { readonly $version: number };
}

/** What one device has sent and received. */
interface Notes {
  readonly deviceId: string;
  readonly answered: number;
  /** `$version` in the first and the last answer. */
  readonly versions: readonly [number, number];
  /** The value of the last acknowledged report. */
  readonly value: number;
  readonly updates: readonly (readonly [version: number, patch: JsonObject])[];
}

/** How many devices or updates differ from what the devices have recorded. */
export interface Audit {
  /** Acknowledged reports that the twin does not have. */
  readonly lost: number;
  /** Devices whose reported `$version` is not the number of acknowledged reports. */
  readonly miscounted: number;
  readonly updates: number;
  readonly heard: number;
  /** Updates that a device has not received. */
  readonly missing: number;
  /** Devices that received updates with a gap or not in the order of `$version`. */
  readonly disordered: number;
  /** Devices whose desired properties, as they know them, differ from their twin. */
  readonly different: number;
}

/** Compares the records of all devices, as `bench/load/reports.c` writes them, with their twins before and after. */
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

/** The desired properties of a device that applies the updates that it receives. */
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
