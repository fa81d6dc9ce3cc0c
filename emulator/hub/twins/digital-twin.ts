import { HubError } from '../../../protocol/errors.ts';
import { isObject, type Json, type JsonObject, own, put } from '../../../protocol/json.ts';
import type { Member } from '../fleet/member.ts';
import type { PatchStep } from './json-patch.ts';
import { joined, mergePatch, replacementPatch } from './merge-patch.ts';
import type { Section, Twin } from './twin.ts';

/**
 * The digital twin of a device: properties at the root, components as objects, desired and reported value of a writable
 * property together. A device that announced no model has no properties.
 * https://learn.microsoft.com/azure/iot/howto-manage-digital-twin
 */
export const renderDigitalTwin = ({ identity, twin }: Member): JsonObject => {
  const shown = twin.modelId === '' ? NOTHING : show(sideOf(twin.desired), sideOf(twin.reported), true);
  return {
    $dtId: identity.deviceId,
    ...shown.values,
    $metadata: { $model: twin.modelId, ...shown.metadata },
  };
};

/**
 * The patch of desired properties that has the effect of a digital twin patch.
 * Throws InvalidDigitalTwinPatch, InvalidDigitalTwinPatchPath, ArgumentInvalid for a path into an object that is not a
 * component.
 */
export const desiredPatch = (twin: Twin, steps: readonly PatchStep[]): JsonObject => {
  const before = twin.desired.values;
  // RFC 6902: each step works on the result of the steps before it
  const after = steps.reduce<JsonObject>(
    (desired, step) => mergePatch(desired, stepPatch({ desired, reported: twin.reported.values }, step)),
    before,
  );
  return steps.reduce<JsonObject>((patch, { path }) => joined(patch, changeAt(path, before, after)), {});
};

/** Values beside their `$metadata`. */
interface Side {
  readonly values: JsonObject;
  readonly metadata: JsonObject;
}

const NOTHING: Side = { values: {}, metadata: {} };

const sideOf = ({ values, metadata }: Section): Side => ({ values, metadata });

const show = (desired: Side, reported: Side, isRoot: boolean): Side => {
  const values: Record<string, Json> = {};
  const metadata: Record<string, Json> = {};
  for (const name of new Set([...Object.keys(desired.values), ...Object.keys(reported.values)])) {
    if (name === MARK) continue;
    const [wanted, there] = [own(desired.values, name), own(reported.values, name)];
    if (isRoot && (isComponent(wanted) || isComponent(there))) {
      const inner = show(inside(desired, name), inside(reported, name), false);
      put(values, name, { ...inner.values, $metadata: inner.metadata });
      continue;
    }
    const acknowledged = isAcknowledgement(there) ? there : undefined;
    const value = acknowledged === undefined ? there : own(acknowledged, 'value');
    if (value !== undefined) put(values, name, value);
    const [wish, word] = [inside(desired, name).metadata, inside(reported, name).metadata];
    put(metadata, name, {
      ...(wanted === undefined
        ? {}
        : { desiredValue: wanted, ...renamed(wish, { $lastUpdatedVersion: 'desiredVersion' }) }),
      ...renamed(acknowledged ?? {}, { av: 'ackVersion', ac: 'ackCode', ad: 'ackDescription' }),
      ...renamed(there === undefined ? wish : word, { $lastUpdated: 'lastUpdateTime' }),
    });
  }
  return { values, metadata };
};

// https://learn.microsoft.com/azure/iot/concepts-convention: marks an object in a twin as a component
const MARK = '__t';

const isComponent = (value: Json | undefined): value is JsonObject => isObject(value) && own(value, MARK) === 'c';

const isAcknowledgement = (value: Json | undefined): value is JsonObject =>
  isObject(value) && ['value', 'ac', 'av'].every((name) => Object.hasOwn(value, name));

const inside = ({ values, metadata }: Side, name: string): Side => {
  const [value, entry] = [own(values, name), own(metadata, name)];
  return { values: isObject(value) ? value : {}, metadata: isObject(entry) ? entry : {} };
};

const renamed = (from: JsonObject, names: Readonly<Record<string, string>>): JsonObject =>
  Object.fromEntries(
    Object.entries(names).flatMap(([name, as]) => {
      const value = own(from, name);
      return value === undefined ? [] : [[as, value] as const];
    }),
  );

/** Both sections of a twin. */
interface Halves {
  readonly desired: JsonObject;
  readonly reported: JsonObject;
}

const stepPatch = ({ desired, reported }: Halves, { path, value }: PatchStep): JsonObject => {
  const [name = '', inner, ...deeper] = path;
  if (deeper.length > 0 || path.some((part) => part.startsWith('$') || part === MARK))
    throw new HubError(
      'InvalidDigitalTwinPatchPath',
      `/${path.join('/')} is neither a property nor one of a component.`,
    );
  if (value === null) throw new HubError('InvalidDigitalTwinPatch', 'A property is removed with the operation remove.');
  const current = own(desired, name);
  if (inner === undefined) return { [name]: value === undefined ? null : changed(current, written(value)) };
  const there = current ?? own(reported, name);
  if (there !== undefined && !isComponent(there)) throw notConformant(name);
  const before = isObject(current) ? own(current, inner) : undefined;
  return { [name]: { [MARK]: 'c', [inner]: value === undefined ? null : changed(before, value) } };
};

/** An object with `$metadata` is a component. */
const written = (value: Json): Json => {
  if (!isObject(value) || !Object.hasOwn(value, '$metadata')) return value;
  const { $metadata, ...properties } = value;
  return { [MARK]: 'c', ...properties };
};

/** The patch from the value at the path of a step before all steps to the value after them. */
const changeAt = ([name = '', inner]: readonly string[], before: JsonObject, after: JsonObject): JsonObject => {
  const [was, is] = [own(before, name), own(after, name)];
  if (inner === undefined || !isObject(is)) return { [name]: is === undefined ? null : changed(was, is) };
  const there = own(is, inner);
  const value = there === undefined ? null : changed(isObject(was) ? own(was, inner) : undefined, there);
  return { [name]: { [MARK]: 'c', [inner]: value } };
};

/** A value is replaced as a whole, though twins merge objects. */
const changed = (before: Json | undefined, value: Json): Json =>
  isObject(before) && isObject(value) ? replacementPatch(before, value) : value;

const notConformant = (name: string): HubError =>
  new HubError(
    'ArgumentInvalid',
    `'${name}' exists within the device twin and is not digital twin conformant property. Please refer to aka.ms/dtpatch to update this to be conformant.`,
  );
