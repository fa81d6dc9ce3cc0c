import { HubError } from '../../../protocol/errors.ts';
import { isObject, type Json, type JsonObject } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { Section, sizeOf, utf8Length } from './twin.ts';

/**
 * Throws ArgumentInvalid for keys, values or nesting that are not allowed: keys first, then values, then depth.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#tags-and-properties-format
 */
export const checkSection = (section: JsonObject, limits: Limits): void => {
  if (!isPlain(section, limits, 0)) checkWholly(section, limits);
};

/** True if nothing is wrong, for objects without arrays: for most of what devices report it makes no stack. */
const isPlain = (section: JsonObject, limits: Limits, depth: number): boolean => {
  if (depth > limits.depth) return false;
  for (const key in section) {
    const value = section[key] ?? null;
    if (checkKey(key, limits) !== undefined || checkScalar(key, value, limits) !== undefined) return false;
    if (Array.isArray(value) || (isObject(value) && !isPlain(value, limits, depth + 1))) return false;
  }
  return true;
};

/** Iterative, since without a limit of the depth it is not known. */
const checkWholly = (section: JsonObject, limits: Limits): void => {
  let badKey: HubError | undefined;
  let badValue: HubError | undefined;
  let tooDeep = false;
  const open: { readonly container: Json; readonly depth: number; readonly inArray: boolean }[] = [
    { container: section, depth: 0, inArray: false },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { container, depth, inArray } = next;
    if (depth > limits.depth) {
      tooDeep = true;
      continue;
    }
    if (isObject(container)) {
      for (const key in container) {
        const value = container[key] ?? null;
        badKey ??= checkKey(key, limits);
        badValue ??= value === null && inArray ? nullInArrayObject(key) : checkScalar(key, value, limits);
        if (typeof value === 'object' && value !== null) open.push({ container: value, depth: depth + 1, inArray });
      }
    } else if (Array.isArray(container)) {
      for (const item of container) {
        badValue ??= item === null ? nullInArray() : checkScalar('', item, limits);
        if (typeof item === 'object' && item !== null) open.push({ container: item, depth: depth + 1, inArray: true });
      }
    }
  }
  const refusal = badKey ?? badValue;
  if (refusal !== undefined) throw refusal;
  if (tooDeep) throw new HubError('ArgumentInvalid', `Nested depth of twin property exceeds ${limits.depth}`);
};

/** `after`, if it is within `limit` bytes or not larger than `before`. Throws DeviceModelMaxPropertiesExceeded. */
export const fitSection = (name: 'Desired' | 'Reported', before: Section, after: Section, limit: number): Section => {
  if (after.sizeBound <= limit) return after;
  const size = sizeOf(after.values);
  if (size > limit && size > sizeOf(before.values)) throw tooBig(`Properties.${name}`, limit);
  return new Section({ ...after, sizeBound: size });
};

export const fitTags = (before: JsonObject | undefined, after: JsonObject | undefined, limit: number): void => {
  const size = sizeOf(after ?? {});
  if (size > limit && size > sizeOf(before ?? {})) throw tooBig('Tags', limit);
};

const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f.$# ]/;

const checkKey = (key: string, limits: Limits): HubError | undefined => {
  if (FORBIDDEN.test(key))
    return new HubError(
      'ArgumentInvalid',
      `Property or Tag name has invalid characters. Error in Property/Tag ${key}. Must not contain Control Characters, '.', '$', '#', or ' '.`,
    );
  if (key.length * 3 > limits.keyBytes && utf8Length(key) > limits.keyBytes)
    return new HubError(
      'ArgumentInvalid',
      `Length of property name ${key.slice(0, 10)}.. exceeds maximum length of ${limits.keyBytes}`,
    );
  return undefined;
};

// an integer beyond 64 bits can only have been written as a floating-point literal
const BEYOND_INT64 = 2 ** 63;

const checkScalar = (key: string, value: Json, limits: Limits): HubError | undefined => {
  if (typeof value === 'string') {
    if (value.length * 3 > limits.stringBytes && utf8Length(value) > limits.stringBytes)
      return new HubError('ArgumentInvalid', `Property or Tag value should be maximum ${limits.stringBytes} bytes.`);
  } else if (typeof value === 'number') {
    const integer = Number.isInteger(value) && Math.abs(value) <= BEYOND_INT64;
    if (!Number.isFinite(value) || (integer && (value < limits.minInteger || value > limits.maxInteger)))
      return new HubError(
        'ArgumentInvalid',
        `Property ${key} has an out of bound value. Valid values are between ${limits.minInteger} and ${limits.maxInteger}`,
      );
  }
  return undefined;
};

const nullInArray = (): HubError => new HubError('ArgumentInvalid', "Arrays cannot contain 'null' as value");

const nullInArrayObject = (key: string): HubError =>
  new HubError('ArgumentInvalid', `Property ${key} of an object in an array cannot be 'null'`);

const tooBig = (name: string, limit: number): HubError =>
  new HubError('DeviceModelMaxPropertiesExceeded', `'${name}' size should be less than ${limit} bytes.`);
