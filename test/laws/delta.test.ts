import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deltaOf, withDelta } from '../../emulator/store/delta.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { runs } from '../support/runs.ts';

const name = fc.constantFrom('a', 'b', 'c', '1', '__proto__', 'constructor', 'toString');
const { value: json } = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, 0, 1, '', 'x', true),
    fc.array(fc.nat()),
    tie('object'),
  ),
  object: fc.uniqueArray(fc.tuple(name, tie('value')), { selector: ([key]) => key, maxLength: 5 }).map(objectOf),
}));
const object = fc.uniqueArray(fc.tuple(name, json), { selector: ([key]) => key, maxLength: 6 }).map(objectOf);

function objectOf(entries: readonly (readonly [string, unknown])[]): JsonObject {
  const made = {};
  for (const [key, value] of entries)
    Object.defineProperty(made, key, { value, enumerable: true, writable: true, configurable: true });
  return made;
}

test('what has changed between two values makes one of the other, members in their order', () => {
  fc.assert(
    fc.property(object, object, (before, after) => {
      const delta = deltaOf(before, after);
      if (delta === undefined) return;
      const read = JSON.parse(JSON.stringify(delta));
      expect(JSON.stringify(withDelta(before, read))).toBe(JSON.stringify(after));
    }),
    { numRuns: runs(20_000) },
  );
});

test('a change of one member is small', () => {
  const before = { twin: { reported: { values: { a: 1, b: { c: 2 } } }, version: 1 }, key: 'd1' };
  const after = { twin: { reported: { values: { a: 1, b: { c: 3 } } }, version: 2 }, key: 'd1' };
  expect(JSON.stringify(deltaOf(before, after))).toBe(
    '{"twin":[0,{"reported":[0,{"values":[0,{"b":[0,{"c":[3]}]}]}],"version":[2]}]}',
  );
});
