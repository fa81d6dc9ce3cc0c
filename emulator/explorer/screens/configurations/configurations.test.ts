import { expect, test } from 'vitest';
import { bodyOf, draftOf, NEW_DRAFT } from './data.ts';

// https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management
test('a configuration is written as the service reads it', () => {
  const metrics = "applying: SELECT deviceId FROM devices WHERE properties.reported.firmware.status = 'applying'\n\n";
  expect(bodyOf({ ...NEW_DRAFT, id: 'firmware285', metrics })).toEqual({
    id: 'firmware285',
    schemaVersion: '1.0',
    targetCondition: "tags.devicetype = 'chiller'",
    priority: 10,
    content: { deviceContent: { 'properties.desired.firmware': { version: '1.4.2' } } },
    metrics: {
      queries: { applying: "SELECT deviceId FROM devices WHERE properties.reported.firmware.status = 'applying'" },
    },
  });
});

test('a condition on modules gives them the content', () => {
  const body = bodyOf({ ...NEW_DRAFT, targetCondition: "FROM devices.modules WHERE moduleId = 'm1'" });
  expect(body.content).toHaveProperty('moduleContent');
});

test('what cannot be read is said', () => {
  expect(() => bodyOf({ ...NEW_DRAFT, metrics: 'SELECT without a name' })).toThrow('name: SELECT');
  expect(() => bodyOf({ ...NEW_DRAFT, content: '{' })).toThrow(SyntaxError);
});

test('a configuration that is edited begins as it is', () => {
  const draft = draftOf({
    id: 'x',
    targetCondition: 'y = 1',
    priority: 3,
    createdTimeUtc: '',
    content: { deviceContent: { a: 1 } },
    systemMetrics: { results: {} },
    metrics: { queries: { m: 'SELECT 1' }, results: {} },
  });
  expect(draft).toEqual({
    id: 'x',
    targetCondition: 'y = 1',
    priority: 3,
    content: '{\n  "a": 1\n}',
    metrics: 'm: SELECT 1',
  });
});
