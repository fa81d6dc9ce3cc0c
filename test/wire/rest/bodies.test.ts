import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBlobTransfer } from '../../../emulator/blobs/blob-transfer.ts';
import { silentLog } from '../../../emulator/log.ts';
import type { Json, JsonObject } from '../../../protocol/json.ts';
import { connectDevice } from '../../support/hub/device-end.ts';
import { startRest } from '../../support/wire/rest-client.ts';

const RUNS = 2_000;

/** A body that each operation takes, before a part of it is exchanged. */
const REQUESTS: readonly (readonly [method: string, path: string, body: Json])[] = [
  ['PUT', '/devices/d1', { deviceId: 'd1', status: 'enabled', authentication: { type: 'sas', symmetricKey: {} } }],
  ['PUT', '/devices/e1', { capabilities: { iotEdge: true }, deviceScope: '', parentScopes: [], statusReason: 'x' }],
  ['PUT', '/devices/d1/modules/m1', { moduleId: 'm1', managedBy: 'me', authentication: { x509Thumbprint: {} } }],
  [
    'POST',
    '/devices',
    [{ id: 'd1', importMode: 'updateTwin', eTag: '*', tags: { a: 1 }, properties: { desired: {} } }],
  ],
  ['POST', '/devices/keys/regenerate', { policyKey: 'both', devices: [{ id: 'd1', moduleId: null }] }],
  ['PATCH', '/twins/d1', { tags: { a: { b: [1, 'c'] } }, properties: { desired: { x: -1.5e3, y: null } }, etag: '*' }],
  ['PUT', '/twins/d1/modules/m1', { tags: {}, properties: { desired: { deep: { er: [{}] } } } }],
  ['PUT', '/twins/d1/tags', { a: 1 }],
  ['POST', '/devices/query', { query: "SELECT deviceId, tags.a FROM devices WHERE tags.a = 1 AND deviceId IN ['d1']" }],
  ['POST', '/twins/d1/methods', { methodName: 'm', payload: { a: 1 }, responseTimeoutInSeconds: 30 }],
  [
    'PUT',
    '/jobs/v2/j1',
    { type: 'scheduleUpdateTwin', updateTwin: { etag: '*', tags: { j: 1 } }, queryCondition: '*', startTime: null },
  ],
  [
    'PUT',
    '/jobs/v2/j2',
    { type: 'scheduleDeviceMethod', cloudToDeviceMethod: { methodName: 'm' }, queryCondition: 'tags.a = 1' },
  ],
  ['POST', '/jobs/create', { type: 'export', outputBlobContainerUri: 'http://127.0.0.1:1/x?sig=1' }],
  [
    'PUT',
    '/configurations/c1',
    {
      content: { deviceContent: { 'properties.desired.a.b': { c: 1 } } },
      targetCondition: 'tags.a = 1',
      priority: 1,
      labels: { l: 'x' },
      metrics: { queries: { m: 'SELECT deviceId FROM devices' } },
    },
  ],
  ['POST', '/configurations/testQueries', { targetCondition: 'tags.a = 1', customMetricQueries: { m: 'SELECT *' } }],
  [
    'POST',
    '/devices/e1/applyConfigurationContent',
    {
      modulesContent: {
        $edgeAgent: { 'properties.desired': { modules: { s: {} } } },
        s: { 'properties.desired.r': 1 },
      },
    },
  ],
  ['PATCH', '/digitaltwins/d1', [{ op: 'add', path: '/thermostat1/target', value: 5 }]],
  ['POST', '/digitaltwins/d1/components/c/commands/m', { argument: 1 }],
];

const odd = fc.oneof(
  fc.constantFrom<Json>(null, '', '*', 0, -1, 1e308, true, [], {}, [null], 'x'.repeat(5000), { __proto__: null }),
  fc.constantFrom<Json>(
    { constructor: 1 },
    JSON.parse('{"__proto__":{"a":1}}'),
    { '': { '': '' } },
    '2026-13-45',
    '\u0000',
  ),
  fc.json({ maxDepth: 3 }).map((text): Json => JSON.parse(text)),
);

/** Replaces one value of a body. */
interface Change {
  readonly value: Json;
  readonly kind: 'other' | 'absent' | 'renamed';
}

/** `body` with something else in one place, under another name, or without it. */
const changed = (body: Json, way: readonly number[], change: Change): Json => {
  const { value, kind } = change;
  const [step, ...rest] = way;
  if (step === undefined || typeof body !== 'object' || body === null) return value;
  const entries = Object.entries(body);
  if (entries.length === 0) return value;
  const at = step % entries.length;
  const [name = '', inner = null] = entries[at] ?? [];
  const next = rest.length === 0 && kind === 'absent' ? undefined : changed(inner, rest, change);
  if (Array.isArray(body)) return body.flatMap((item, i) => (i !== at ? [item] : next === undefined ? [] : [next]));
  const others: JsonObject = Object.fromEntries(entries.filter((_, i) => i !== at));
  if (next === undefined) return others;
  return kind === 'renamed' && typeof value === 'string' ? { ...others, [value]: inner } : { ...others, [name]: next };
};

test('the hub rejects or accepts any body, and goes on', async () => {
  await using rest = await startRest({ blobTransfer: createBlobTransfer({ log: silentLog }) });
  rest.hub.registry.create({ deviceId: 'd1' }, {});
  rest.hub.registry.create({ deviceId: 'e1' }, { capabilities: { iotEdge: true } });
  rest.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  connectDevice(rest.hub, 'd1', (_, payload) => ({ status: 200, payload }), 'dtmi:a:b;1');
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...REQUESTS),
      fc.array(fc.nat(5), { minLength: 1, maxLength: 5 }),
      fc.record({
        value: odd,
        kind: fc.constantFrom('other', 'absent', 'renamed'),
        match: fc.constantFrom(undefined, '*'),
      }),
      async ([method, path, body], way, { match, ...change }) => {
        const headers = match === undefined ? {} : { 'if-match': match };
        const reply = await rest.ask(method, path, { body: JSON.stringify(changed(body, way, change)), headers });
        rest.clock.settle();
        statuses.add(reply.status);
        expect(reply.status).toBeLessThan(500);
        if (path.startsWith('/jobs/v2') && reply.status === 200) rest.clock.advance(31 * 24 * 3_600_000);
      },
    ),
    { numRuns: RUNS },
  );
  expect([...statuses]).toEqual(expect.arrayContaining([200, 400]));
  expect(rest.lines.filter(({ level }) => level === 'error')).toEqual([]);
}, 120_000);
