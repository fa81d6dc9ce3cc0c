import { describe, expect, test } from 'vitest';
import { parseRoute } from '../../../emulator/hub/query/routing.ts';
import { routable } from '../../../emulator/hub/query/routing-message.ts';
import { refusal } from '../../support/hub/hub.ts';

const message = (systemProperties: Record<string, string>) =>
  routable({
    systemProperties,
    appProperties: { Level: '7', room: 'kitchen', $site: 'own' },
    body: () => ({
      oven: { heat: 180, on: true, since: '2026-01-01T00:00:00Z', trays: [{ n: 1 }, { n: 2 }], door: null },
    }),
    twin: { tags: { Floor: 3 }, properties: { reported: { $version: 9 } } },
  });
const json = message({ contentType: 'application/json', contentEncoding: 'utf-8', site: 'system' });

// semantics of https://github.com/Azure/iotedge, edge-hub/core/src/Microsoft.Azure.Devices.Routing.Core/query
describe('a routing condition is true, false or undefined', () => {
  test.each<[string, boolean | undefined]>([
    ['', undefined],
    ['null', false],
    ['not null', true],
    ['(null and true) = null', true],
    ['null or true', true],
    ["'text'", undefined],
    ["LEVEL = '7' AND room <> 'hall'", true],
    ['as_number(level) * 2 = 14', true],
    ["$site = 'own' and {$site} = 'system' and { $site } = 'system'", true],
    ['1/0 = 5/0', true],
    ['is_defined(1/0) and not is_number(1/0)', true],
    ['is_defined(1 % 0)', false],
    ["(nowhere ?? room) = 'kitchen'", true],
    ["room || '-' || level = 'kitchen-7'", true],
    ['$body.oven.heat > 100 and $body.oven.on', true],
    ['$body.oven.trays[1].n - 1 = $body.oven.trays[0].n', true],
    ["$body.oven.heat = '180'", false],
    ["$body.oven.heat <> '180'", true],
    ["$body.oven.since <> 'x'", undefined],
    ["$body.oven <> 'x'", undefined],
    ['$body.oven.door = null and is_null($body.oven.door)', true],
    ['$body.oven.clock = null', true],
    ['is_defined($body.oven.clock)', false],
    ['$body.oven.heat.unit = 1', undefined],
    ['is_object($body.oven) and is_array($body.oven.trays)', true],
    ['$twin.tags.FLOOR = 3 and $TWIN.properties.reported.$version = 9', true],
  ])('%s: %s', (condition, expected) => {
    expect(parseRoute(condition)(json)).toBe(expected);
  });
});

describe('a routing condition with a syntax or type error is refused', () => {
  test.each([
    'level > 5',
    "3 + 'a' = 4",
    'undefined + 1 = 1',
    '- (room) = 1',
    'room and true',
    'not room',
    '(room ?? 1) = 1',
    'length(4) = 1',
    "concat('a') = 'a'",
    "startswith(room, 'k')",
    "room in ['kitchen']",
    'room == room',
    '$body.oven[] = 1',
    '$site[0] = 1',
    "room = 'kitchen",
  ])('%s', (condition) => {
    expect(refusal(() => parseRoute(condition))).toEqual({
      code: 'ArgumentInvalid',
      status: 400,
      message: 'BadRequest',
    });
  });
});

test('a body is read only if the message declares it as JSON in a Unicode encoding', () => {
  const condition = parseRoute('$body.oven.heat = 180');
  const declared = [
    { contentType: 'application/json', contentEncoding: 'UTF-16' },
    { contentType: 'application/json' },
    { contentType: 'text/plain', contentEncoding: 'utf-8' },
  ];
  expect(declared.map((system) => condition(message(system)))).toEqual([true, undefined, undefined]);
});
