import { isObject, put } from '../../protocol/json.ts';

// Sections of a twin are the user's own documents. As in azure-iot-device, their values have no type.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Section = { [key: string]: any };

/**
 * Merges a twin patch into `target` itself, because programs keep references to it. null removes a property, objects are
 * merged, anything else replaces the value.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#back-end-operations
 */
export const mergeInto = (target: Section, patch: object): void => {
  for (const [key, value] of Object.entries(patch)) {
    const current: unknown = Object.hasOwn(target, key) ? target[key] : undefined;
    if (value === null) delete target[key];
    else if (!isObject(value)) put(target, key, value);
    else if (isObject(current)) mergeInto(current, value);
    else put(target, key, merged(value));
  }
};

/** Every path in `section` with its value, parents first: `a`, `a.b`, `a.b.c`; including elements of arrays. */
export const pathsOf = (section: object, prefix = ''): [string, unknown][] =>
  Object.entries(section).flatMap(([key, value]): [string, unknown][] => {
    const path = prefix + key;
    const below = typeof value === 'object' && value !== null ? pathsOf(value, `${path}.`) : [];
    return [[path, value], ...below];
  });

/** The value at a dotted path below `root`, or undefined. */
export const valueAt = (root: unknown, path: string): unknown => {
  let value = root;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
};

const merged = (patch: object): Section => {
  const section: Section = {};
  mergeInto(section, patch);
  return section;
};
