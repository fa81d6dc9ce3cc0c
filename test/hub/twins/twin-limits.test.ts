import { describe, expect, test } from 'vitest';
import type { Json } from '../../../protocol/json.ts';
import { newHub, refusal } from '../../support/hub/hub.ts';

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#tags-and-properties-format
const desired = (values: Json) => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  return refusal(() => hub.twins.patch('d1', { properties: { desired: values } }));
};
const nested = (levels: number): Json => (levels === 0 ? 1 : { k: nested(levels - 1) });

describe('keys', () => {
  test.each(['a.b', 'a$b', 'a#b', 'a b', 'a\u0000', 'a\u001f', 'a\u007f', 'a\u009f'])('may not hold %j', (key) => {
    expect(desired({ [key]: 1 })).toEqual({
      code: 'ArgumentInvalid',
      status: 400,
      message: `Property or Tag name has invalid characters. Error in Property/Tag ${key}. Must not contain Control Characters, '.', '$', '#', or ' '.`,
    });
  });

  test.each(['', 'ä', 'a-b', 'a_b', 'a:b', '名', 'a/b', '\u00a0'])('may hold %j', (key) => {
    expect(desired({ [key]: 1 })).toBeUndefined();
  });

  test('reach 1024 bytes', () => {
    expect(desired({ ['k'.repeat(1024)]: 1 })).toBeUndefined();
    expect(desired({ ['ä'.repeat(512)]: 1 })).toBeUndefined();
    expect(desired({ ['k'.repeat(1025)]: 1 })).toMatchObject({ status: 400 });
    expect(desired({ [`${'ä'.repeat(512)}k`]: 1 })).toMatchObject({ status: 400 });
  });
});

describe('values', () => {
  test('reach 4096 bytes of text', () => {
    expect(desired({ k: 'x'.repeat(4096) })).toBeUndefined();
    expect(desired({ k: '€'.repeat(1365) })).toBeUndefined();
    expect(desired({ k: 'x'.repeat(4097) })).toMatchObject({ status: 400, code: 'ArgumentInvalid' });
    expect(desired({ k: '€'.repeat(1366) })).toMatchObject({ status: 400 });
  });

  test.each([
    [4503599627370495, true],
    [4503599627370496, false],
    [-4503599627370496, true],
    [-4503599627370497, false],
    [1.5e300, true],
    [Number.POSITIVE_INFINITY, false],
    [0.1, true],
  ])('of the number %d: %s', (value, accepted) => {
    expect(desired({ k: value }) === undefined).toBe(accepted);
  });

  test('hold no null inside arrays', () => {
    expect(desired({ k: [1, null] })?.message).toBe("Arrays cannot contain 'null' as value");
    expect(desired({ k: [{ x: null }] })?.message).toBe("Property x of an object in an array cannot be 'null'");
    expect(desired({ k: [1, 'a', { x: 1 }] })).toBeUndefined();
  });

  test('nest ten levels', () => {
    expect(desired(nested(11))).toBeUndefined();
    expect(desired(nested(12))?.message).toBe('Nested depth of twin property exceeds 10');
    expect(desired({ k: [[[[[[[[[1]]]]]]]]] })).toBeUndefined();
  });

  test('nested a hundred thousand levels deep are refused without a crash', () => {
    let deep: Json = 1;
    for (let i = 0; i < 100_000; i++) deep = { k: deep };
    expect(desired({ k: deep })?.message).toBe('Nested depth of twin property exceeds 10');
  });
});

describe('sizes', () => {
  // 8 keys of 1 byte with 4095 bytes each are 32768 bytes
  const full = Object.fromEntries([...'abcdefgh'].map((key) => [key, 'x'.repeat(4095)]));

  test('of desired properties reach 32768 bytes', () => {
    expect(desired(full)).toBeUndefined();
    expect(desired({ ...full, a: 'x'.repeat(4096) })).toEqual({
      code: 'DeviceModelMaxPropertiesExceeded',
      status: 403,
      message: "'Properties.Desired' size should be less than 32768 bytes.",
    });
  });

  test('count after the merge, and a write that shrinks is taken', () => {
    const { hub } = newHub();
    hub.registry.create({ deviceId: 'd1' }, {});
    hub.twins.report('d1', full);
    expect(refusal(() => hub.twins.report('d1', { i: true }))?.message).toBe(
      "'Properties.Reported' size should be less than 32768 bytes.",
    );
    hub.twins.report('d1', { a: 'y'.repeat(4095) });
    hub.twins.report('d1', { a: null, i: true });
    expect(hub.twins.get('d1').twin.reported.version).toBe(4);
  });

  test('of tags reach 8192 bytes', () => {
    const { hub } = newHub();
    hub.registry.create({ deviceId: 'd1' }, {});
    hub.twins.patch('d1', { tags: { a: 'x'.repeat(4095), b: 'x'.repeat(4095) } });
    expect(refusal(() => hub.twins.patch('d1', { tags: { c: 1 } }))).toEqual({
      code: 'DeviceModelMaxPropertiesExceeded',
      status: 403,
      message: "'Tags' size should be less than 8192 bytes.",
    });
  });
});
