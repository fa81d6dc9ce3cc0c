import { describe, expect, test } from 'vitest';
import { alasqlRelations } from '../../../emulator/alasql/relations.ts';
import { exportFleet, importFleet } from '../../../emulator/hub/snapshots/fleet-document.ts';
import { isObject, type Json, type JsonObject } from '../../../protocol/json.ts';
import { newHub, refusal } from '../../support/hub/hub.ts';

const imported = (fleet: Json): ReturnType<typeof newHub>['hub'] => {
  const { hub } = newHub({ relations: alasqlRelations() });
  importFleet(hub, fleet, { replace: true });
  return hub;
};
const first = (fleet: JsonObject, name: 'devices' | 'modules' | 'jobs'): Json => {
  const [document = null] = exportFleet(imported(fleet))[name] as readonly Json[]; // what it always is
  return document;
};

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#device-twins
const BARE = {
  deviceId: 'a',
  status: 'enabled',
  statusUpdateTime: '0001-01-01T00:00:00Z',
  connectionState: 'Disconnected',
  lastActivityTime: '0001-01-01T00:00:00Z',
  cloudToDeviceMessageCount: 0,
  authenticationType: 'sas',
  x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
  modelId: '',
};
const AT = '2026-01-01T00:00:00Z';

describe('the hub fills in what a document leaves out', () => {
  test.each<[string, JsonObject]>([
    ['an id alone', { deviceId: 'a' }],
    ['null for everything else', { deviceId: 'a', tags: null, properties: null, x509Thumbprint: null, modelId: null }],
    ['sections that are not objects', { deviceId: 'a', properties: { desired: [], reported: 5 } }],
    ['an etag that is not one of a twin', { deviceId: 'a', etag: 'W/"1"' }],
  ])('%s', (_, document) => {
    const twin = first({ devices: [document] }, 'devices');
    expect(twin).toMatchObject({ ...BARE, capabilities: { iotEdge: false }, etag: 'AAAAAAAAAAE=' });
    expect(isObject(twin) && twin.properties).toEqual({
      desired: { $metadata: { $lastUpdated: AT, $lastUpdatedVersion: 1 }, $version: 1 },
      reported: { $metadata: { $lastUpdated: AT }, $version: 1 },
    });
  });
});

test('what a document has comes out again, however odd', () => {
  const document = {
    ...BARE,
    etag: 'AAAAAAAAAGQ=',
    deviceEtag: 'odd',
    status: 'disabled',
    statusReason: 'lost',
    connectionState: 'Connected',
    lastActivityTime: '2026-01-01T00:00:00',
    authenticationType: 'certificateAuthority',
    x509Thumbprint: { primaryThumbprint: 'AB', secondaryThumbprint: 'CD' },
    modelId: 'dtmi:a;1',
    version: 7,
    tags: { nothing: null, constructor: { a: [null, { b: 1 }] }, ...JSON.parse('{"__proto__": {"own": true}}') },
    properties: {
      desired: { 'a b': 1, $metadata: { odd: true }, $version: 0 },
      reported: { list: [], $metadata: {}, $version: 99 },
    },
    capabilities: { iotEdge: true },
    configurations: { one: { status: 'Error' }, two: { status: 'Applied', since: 'long' } },
    deviceScope: 'ms-azure-iot-edge://a-1',
    parentScopes: ['ms-azure-iot-edge://b-2'],
  };
  expect(first({ devices: [document] }, 'devices')).toEqual(document);
  const job = { jobId: 'j', deviceId: 'a', status: 'odd', outcome: null, error: { code: 1 }, startTimeUtc: 'then' };
  expect(first({ jobs: [job] }, 'jobs')).toEqual(job);
  expect(first({ modules: [{ deviceId: 'nobody', moduleId: '$edgeHub' }] }, 'modules')).toMatchObject({
    deviceId: 'nobody',
    moduleId: '$edgeHub',
  });
});

test('members named like those of Object.prototype are queried like others', () => {
  const tags: Json = JSON.parse('{"__proto__": {"own": 1}, "constructor": 2, "length": 3}');
  const { queries } = imported({ devices: [{ deviceId: 'a', tags }, { deviceId: 'b' }] });
  const ask = (text: string): readonly Json[] => queries.runNow(queries.parse(text)).items;
  for (const condition of [
    'tags.__proto__.own = 1',
    'tags.constructor = 2',
    'is_defined(tags.__proto__)',
    'tags.length = 3',
  ])
    expect(ask(`SELECT deviceId FROM devices WHERE ${condition}`)).toEqual([{ deviceId: 'a' }]);
  expect(JSON.stringify(ask("SELECT tags.__proto__, tags.constructor AS c FROM devices WHERE deviceId = 'a'"))).toBe(
    '[{"__proto__":{"own":1},"c":2}]',
  );
});

const nested = (levels: number): JsonObject => {
  let value: JsonObject = { a: 1 };
  for (let i = 1; i < levels; i++) value = { a: value };
  return value;
};

describe('an invalid document is refused, and nothing is changed', () => {
  test.each<[string, Json]>([
    ['an array instead of an object', []],
    ['a list that is an object', { devices: {} }],
    ['a device that is a number', { devices: [{ deviceId: 'b' }, 1] }],
    ['no id', { devices: [{ deviceId: 'b' }, { DeviceId: 'a' }] }],
    ['an empty id', { devices: [{ deviceId: '' }] }],
    ['an id with a slash, which parts devices from modules', { devices: [{ deviceId: 'a/b' }] }],
    ['a module without its own id', { modules: [{ deviceId: 'a' }] }],
    ['tags with 50,000 levels', { devices: [{ deviceId: 'b', tags: nested(50_000) }] }],
    [
      'metadata with 50,000 levels',
      { devices: [{ deviceId: 'b', properties: { desired: { $metadata: nested(50_000) } } }] },
    ],
    ['a configuration with 50,000 levels', { devices: [{ deviceId: 'b', configurations: { c: nested(50_000) } }] }],
    ['a job without a device', { devices: [{ deviceId: 'b' }], jobs: [{ jobId: 'j' }] }],
  ])('%s', (_, fleet) => {
    const hub = imported({ devices: [{ deviceId: 'kept' }] });
    expect(refusal(() => importFleet(hub, fleet, { replace: true }))).toMatchObject({
      code: 'ArgumentInvalid',
      status: 400,
    });
    expect([...hub.fleet.devices.rows()].map(({ key }) => key)).toEqual(['kept']);
  });
});

test('a document that has no part of a fleet is refused, and does not empty the hub', () => {
  const { hub } = newHub({ relations: alasqlRelations() });
  hub.registry.create({ deviceId: 'a' }, {});
  const importing = () => importFleet(hub, { name: 'my-app', version: '1.0.0' }, { replace: true });
  expect(refusal(importing)).toMatchObject({ code: 'ArgumentInvalid' });
  expect(hub.registry.find('a')).toBeDefined();
});
