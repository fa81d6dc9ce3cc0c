import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../protocol/json.ts';
import { firmware, newWorld } from '../../support/hub/configurations.ts';
import { refusal } from '../../support/hub/hub.ts';

describe('a configuration is refused', () => {
  const refused = (body: JsonObject, id = 'c12') => refusal(() => newWorld().configurations.put(id, body));

  test('with an id in capitals', () => {
    for (const id of ['C12', '', 'a b', 'x'.repeat(129)])
      expect(refused(firmware('1'), id)).toMatchObject({ code: 'ArgumentInvalid', status: 400 });
    expect(refused(firmware('1'), "a-0+%_*!'")).toBeUndefined();
  });

  test('unless its content is of exactly one kind and in the desired properties', () => {
    const setting = { 'properties.desired.a': 1 };
    for (const content of [
      undefined,
      {},
      { deviceContent: setting, moduleContent: setting },
      { deviceContent: { 'properties.reported.a': 1 } },
      { deviceContent: { 'tags.a': 1 } },
      { deviceContent: { 'properties.desired': 1 } },
      { deviceContent: { 'properties.desired.': 1 } },
      { deviceContent: { 'properties.desired.a': { 'b c': 1 } } },
      { modulesContent: { m1: setting } },
    ])
      expect(refused({ ...firmware('1'), ...(content ? { content } : { content: null }) })).toMatchObject({
        code: 'InvalidConfigurationContent',
        status: 400,
      });
    expect(
      refused({ ...firmware('1'), content: { deviceContent: setting, moduleContent: {}, modulesContent: {} } }),
    ).toBeUndefined();
  });

  test('when its condition is invalid or names what it must not', () => {
    const code = 'InvalidConfigurationTargetCondition';
    expect(refused(firmware('1', { targetCondition: 'tags. =' }))).toEqual({
      code,
      status: 400,
      message: 'BadRequest',
    });
    expect(refused(firmware('1', { targetCondition: "connectionState='Connected'" }))).toEqual({
      code,
      status: 400,
      message:
        "Invalid targetCondition. It must be a filter condition based on 'deviceId', 'tags', or 'properties.reported'. It contains: connectionState",
    });
    expect(refused(firmware('1', { targetCondition: "FROM devices.modules WHERE tags.a = 'b'" }))).toMatchObject({
      code,
    });
  });

  test('when a metric is not a query, or there are more than five', () => {
    expect(refused(firmware('1', { metrics: { queries: { bad: 'SELEC nope' } } }))).toMatchObject({
      code: 'InvalidConfigurationCustomMetricsQuery',
      status: 400,
    });
    const queries = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`m${i}`, 'select * from devices']));
    expect(refused(firmware('1', { metrics: { queries } }))).toMatchObject({ code: 'ArgumentInvalid' });
  });

  test('beyond a hundred', () => {
    const { configurations } = newWorld();
    for (let i = 0; i < 100; i++) configurations.put(`c${i}`, firmware('1'));
    expect(refusal(() => configurations.put('more', firmware('1')))).toMatchObject({
      code: 'ConfigurationCountLimitExceeded',
      status: 413,
    });
  });
});
