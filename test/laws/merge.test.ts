import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergePatch, replacementPatch } from '../../emulator/hub/twins/merge-patch.ts';
import { patchSection, type Section, sizeOf } from '../../emulator/hub/twins/twin.ts';
import { isObject, type Json, type JsonObject } from '../../protocol/json.ts';
import { patch, section } from './arbitrary.ts';

const at = '2026-01-01T00:00:00Z';
const start = (values: JsonObject): Section => ({
  values,
  metadata: { $lastUpdated: at },
  version: 1,
  sizeBound: sizeOf(values),
});
const apply = (before: Section, change: JsonObject): Section => patchSection(before, change, { at, counted: true });

/** RFC 7396, section 2, the pseudo code of the document, over maps so that no key is special. */
const oracle = (target: Json | undefined, change: Json): Json => {
  if (!isObject(change)) return change;
  const result = new Map<string, Json>(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(change)) {
    if (value === null) result.delete(name);
    else result.set(name, oracle(result.get(name), value));
  }
  return Object.fromEntries(result);
};

test('a patch does what RFC 7396 says, with metadata and without', () => {
  fc.assert(
    fc.property(section, patch, (values, change) => {
      const expected = JSON.stringify(oracle(values, change));
      expect(JSON.stringify(mergePatch(values, change))).toBe(expected);
      expect(JSON.stringify(apply(start(values), change).values)).toBe(expected);
    }),
  );
});

test('a patch leaves no null and applying it twice is applying it once', () => {
  fc.assert(
    fc.property(section, patch, (values, change) => {
      const once = mergePatch(values, change);
      expect(JSON.stringify(once)).not.toMatch(/:null/);
      expect(mergePatch(once, change)).toEqual(once);
    }),
  );
});

test('a patch changes neither its argument nor what was there before', () => {
  fc.assert(
    fc.property(section, patch, (values, change) => {
      const [valuesBefore, changeBefore] = [JSON.stringify(values), JSON.stringify(change)];
      apply(start(values), change);
      expect([JSON.stringify(values), JSON.stringify(change)]).toEqual([valuesBefore, changeBefore]);
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
  );
});

test('the patch that a device gets for a replacement leads it from the old values to the new ones', () => {
  fc.assert(
    fc.property(section, section, (before, after) => {
      expect(sorted(mergePatch(before, replacementPatch(before, after)))).toEqual(sorted(after));
    }),
  );
});

test('metadata has one entry for each key at each level, and none else', () => {
  fc.assert(
    fc.property(section, fc.array(patch, { maxLength: 4 }), (values, changes) => {
      let current = apply({ ...start({}), version: 0 }, values);
      for (const change of changes) current = apply(current, change);
      expectSameShape(current.values, current.metadata);
    }),
  );
});

test('the size bound is never below the size', () => {
  fc.assert(
    fc.property(fc.array(patch, { maxLength: 5 }), (changes) => {
      let current = start({});
      for (const change of changes) current = apply(current, change);
      expect(current.sizeBound).toBeGreaterThanOrEqual(sizeOf(current.values));
      expect(current.version).toBe(1 + changes.length);
    }),
  );
});

const expectSameShape = (values: JsonObject, metadata: JsonObject): void => {
  const keys = Object.keys(metadata).filter((key) => key !== '$lastUpdated' && key !== '$lastUpdatedVersion');
  expect(keys.sort()).toEqual(Object.keys(values).sort());
  for (const [key, value] of Object.entries(values)) {
    const entry = metadata[key];
    if (!isObject(entry)) throw new Error(`no metadata for ${key}`);
    if (isObject(value)) expectSameShape(value, entry);
    else expect(Object.keys(entry)).toEqual(['$lastUpdated', '$lastUpdatedVersion']);
  }
};

/** The order of keys does not matter in a JSON object. */
const sorted = (value: Json): Json =>
  isObject(value)
    ? Object.fromEntries(
        Object.keys(value)
          .sort()
          .map((key) => [key, sorted(value[key] ?? null)]),
      )
    : value;
