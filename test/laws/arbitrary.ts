import fc from 'fast-check';
import type { Json, JsonObject } from '../../protocol/json.ts';

/** Keys that a twin takes, ugly ones among them. */
export const twinKey = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '', 'ä', '名'),
  fc.string({ minLength: 1, maxLength: 6 }).filter((key) => !/[\u0000-\u001f\u007f-\u009f.$# ]/.test(key)),
);

const scalar = fc.oneof(
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e12, min: -1e12 }),
  fc.string({ maxLength: 8 }),
);

const object = (value: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> =>
  fc.array(fc.tuple(twinKey, value), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs));

const tree = (withNull: boolean, depth: number): fc.Arbitrary<Json> =>
  depth === 0
    ? scalar
    : fc.oneof(
        { weight: 3, arbitrary: scalar },
        { weight: withNull ? 1 : 0, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
        { weight: 2, arbitrary: object(fc.oneof(tree(withNull, depth - 1), withNull ? fc.constant(null) : scalar)) },
      );

/** Values as a section holds them: no nulls. */
export const section = object(tree(false, 3));
/** A patch: nulls delete. */
export const patch = object(fc.oneof(tree(true, 3), fc.constant(null)));
