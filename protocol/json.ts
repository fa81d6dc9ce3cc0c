/** Any JSON value, as `JSON.parse` returns it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** True for `{…}`, false for null, arrays and scalars. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The own member `key`, never one of `Object.prototype`. */
export const own = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** Sets an own member, also if its name is `__proto__`. */
export const put = (object: object, key: string, value: unknown): void => {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  else (object as Record<string, unknown>)[key] = value; // the only place that writes to a JSON object under construction
};

/**
 * A copy of an object with members that it does not have. To write `{ ...object, name }` is as good, but costs ten times as much
 * in Node 20: worth it where every request passes.
 */
export const extended = (object: JsonObject, added: JsonObject): JsonObject =>
  // to assign `__proto__` would not make a member of it
  Object.hasOwn(object, '__proto__') ? { ...object, ...added } : Object.assign({}, object, added);
