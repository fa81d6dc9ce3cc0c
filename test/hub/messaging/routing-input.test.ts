import { expect, test } from 'vitest';
import { routingInput } from '../../../emulator/hub/messaging/routing-input.ts';
import { parseRoute } from '../../../emulator/hub/query/routing.ts';
import type { MessageProperties } from '../../../protocol/message.ts';

const takes = (condition: string, body: Uint8Array, system: MessageProperties): boolean | undefined =>
  parseRoute(condition)(routingInput({ body, properties: { level: 'storage' }, system }, { tags: { floor: 3 } }));

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-routing-query-syntax
test.each([
  "level = 'storage'",
  "$contentType = 'application/json' and $connectionDeviceId = 'd1'",
  "{$dt-subject} = 'thermostat' and {$dt-dataschema} = 'dtmi:a;1'",
  '$body.heat = 180',
  '$twin.tags.floor = 3',
])('a route can ask a message for %s', (condition) => {
  const system = {
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    connectionDeviceId: 'd1',
    componentName: 'thermostat',
    dataSchema: 'dtmi:a;1',
  };
  expect(takes(condition, Buffer.from('{"heat":180}'), system)).toBe(true);
});

test.each([
  ['utf-8', Buffer.from('{"name":"Öl"}')],
  ['UTF-16', Buffer.from('{"name":"Öl"}', 'utf16le')],
  ['utf-32', Buffer.from(Uint32Array.from([...'{"name":"Öl"}'], (char) => char.codePointAt(0) ?? 0).buffer)],
])('a body in %s is read', (contentEncoding, body) => {
  expect(takes("$body.name = 'Öl'", body, { contentType: 'application/json', contentEncoding })).toBe(true);
});

test('a body that is not JSON has no members', () => {
  const system = { contentType: 'application/json', contentEncoding: 'utf-8' };
  expect(takes('is_defined($body.name)', Buffer.from('{"name":'), system)).toBe(false);
});
