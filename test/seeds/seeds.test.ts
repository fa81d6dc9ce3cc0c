import { expect, test } from 'vitest';
import { anonymized } from '../../emulator/seeds/anonymize.ts';
import { applySeed, loadSeed } from '../../emulator/seeds/apply.ts';
import { expandSeed } from '../../emulator/seeds/expand.ts';
import { exportSeed } from '../../emulator/seeds/export.ts';
import { readSeed, SeedError } from '../../emulator/seeds/read.ts';
import { SEED_FORMS, writeSeed } from '../../emulator/seeds/write.ts';
import { newHub, refusal } from '../support/hub/hub.ts';

const KEY = 'cHJpbWFyeSBrZXkgb2YgdGhlIG92ZW4=';
const PRINT = 'A'.repeat(40);

/** Of everything that a seed can say. */
const FLEET = `
devices:
  - gateway-plain
  - id: gateway
    edge: true
    modules:
      - { id: filter, desired: { threshold: 25 }, tags: { of: gateway } }
  - id: leaf
    parent: gateway
    status: disabled
    primaryKey: ${KEY}
    secondaryKey: ${KEY}
    tags: { site: oslo }
    desired: { interval: 30 }
    reported: { firmware: 1.0.0 }
    modelId: dtmi:com:example:Thermostat;1
  - { id: printed, x509: { primaryThumbprint: ${PRINT} } }
  - { id: signed, x509: ca }
configurations:
  - id: slow
    priority: 3
    targetCondition: tags.site = 'oslo'
    labels: { of: somebody }
    content: { deviceContent: { properties.desired.interval: 60 } }
    metrics: { queries: { all: SELECT deviceId FROM devices } }
  - id: edge
    labels: {}
    targetCondition: '*'
    content: { modulesContent: { $edgeAgent: { properties.desired.schemaVersion: '1.1' } } }
`;

test('numbers are filled in wherever there are texts', () => {
  const { identities } = expandSeed({
    devices: [{ id: 'd-{i}', count: 2, from: 9, tags: { n: '{i}', site: 'site-{i%4}', all: ['{i%2}', 'x{i}'] } }],
  });
  expect(identities.map(({ name, tags }) => [name.deviceId, tags])).toEqual([
    ['d-9', { n: 9, site: 'site-1', all: [1, 'x9'] }],
    ['d-10', { n: 10, site: 'site-2', all: [0, 'x10'] }],
  ]);
});

test.each(SEED_FORMS)('a hub that is written as %s and read again is the same seed', async (form) => {
  const { hub } = newHub();
  applySeed(hub, await readSeed(FLEET));
  const before = exportSeed(hub);
  const text = await writeSeed(before, form);
  const { hub: other } = newHub();
  applySeed(other, await readSeed(text));
  const after = exportSeed(other);
  expect(tidy(after.identities, form)).toEqual(tidy(before.identities, form));
  if (form !== 'devices.txt') expect(after.configurations).toEqual(before.configurations);
});

/** Without what the form has no place for: reported values and modules' models in a state file, parents in lines. */
const tidy = (identities: ReturnType<typeof exportSeed>['identities'], form: (typeof SEED_FORMS)[number]) =>
  identities.map((one) => ({
    ...one,
    ...(form === 'state' ? { reported: undefined } : {}),
    ...(form === 'devices.txt' ? { parent: undefined, modelId: undefined } : {}),
    ...(one.name.moduleId?.startsWith('$') ? { identity: undefined } : {}),
  }));

// https://github.com/Azure/azure-iot-cli-extension/blob/dev/azext_iot/iothub/providers/state.py
test('the file of az iot hub state export is a seed', async () => {
  const file = {
    arm: { resources: [] },
    configurations: {
      admConfigurations: {
        slow: {
          id: 'slow',
          priority: 1,
          targetCondition: '*',
          labels: {},
          metrics: { queries: {} },
          content: { deviceContent: { 'properties.desired.a': 1 } },
        },
      },
      edgeDeployments: {},
    },
    devices: {
      leaf: {
        parent: 'gateway',
        identity: {
          status: 'enabled',
          connectionState: 'Connected',
          modelId: '',
          capabilities: { iotEdge: false },
          authentication: {
            type: 'sas',
            symmetricKey: { primaryKey: KEY, secondaryKey: KEY },
            x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
          },
        },
        twin: { tags: { site: 'oslo' }, properties: { desired: { interval: 30 } } },
        modules: {
          m: {
            identity: { authentication: { type: 'sas', symmetricKey: { primaryKey: KEY, secondaryKey: KEY } } },
            twin: { modelId: '', properties: { desired: { x: 1 } } },
          },
        },
      },
      gateway: {
        identity: {
          status: 'enabled',
          capabilities: { iotEdge: true },
          authentication: { type: 'certificateAuthority' },
        },
        twin: { properties: { desired: {} } },
      },
    },
  };
  const { hub } = newHub();
  expect(applySeed(hub, await readSeed(JSON.stringify(file)))).toEqual({ devices: 2, modules: 1, configurations: 1 });
  const leaf = hub.registry.get('leaf');
  expect(leaf.identity).toMatchObject({
    authentication: { primaryKey: KEY },
    deviceScope: hub.registry.get('gateway').identity.deviceScope,
  });
  expect([leaf.twin.tags, hub.twins.get('leaf/m').twin.desired.values]).toEqual([{ site: 'oslo' }, { x: 1 }]);
});

// the same file: an import makes modules without credentials by a deployment, others by their keys
test('a module that a deployment brought stays without credentials', async () => {
  const none = { identity: { authentication: { type: 'none' } }, twin: { properties: { desired: { x: 1 } } } };
  const gateway = {
    identity: { capabilities: { iotEdge: true }, authentication: { type: 'certificateAuthority' } },
    twin: { properties: { desired: {} } },
    modules: { $edgeAgent: none, filter: none },
  };
  const { hub } = newHub();
  applySeed(hub, await readSeed(JSON.stringify({ devices: { gateway } })));
  const { devices } = JSON.parse(await writeSeed(exportSeed(hub), 'state'));
  const desired = { properties: { desired: { x: 1 } } };
  expect(devices.gateway.modules).toMatchObject({
    $edgeAgent: { identity: { authentication: { type: 'none' } }, twin: desired },
    filter: { identity: { authentication: { type: 'none' } }, twin: desired },
  });
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt#import-devices
test('the lines of an export job are a seed', async () => {
  const lines = `Keys were excluded
{"id":"devA","eTag":"MA==","status":"enabled","authentication":{"symmetricKey":{"primaryKey":"${KEY}","secondaryKey":"${KEY}"}},"tags":{"a":1},"properties":{"desired":{"b":2,"$metadata":{},"$version":4},"reported":{"c":3,"$version":2}}}
{"id":"devB","eTag":"MA==","status":"disabled","authentication":{"symmetricKey":{"primaryKey":null,"secondaryKey":null}}}
`;
  const { hub } = newHub();
  applySeed(hub, await readSeed(lines));
  const { twin, identity } = hub.registry.get('devA');
  expect([identity.authentication.primaryKey, twin.tags, twin.desired.values, twin.reported.values]).toEqual([
    KEY,
    { a: 1 },
    { b: 2 },
    { c: 3 },
  ]);
  expect(hub.registry.get('devB').identity).toMatchObject({
    status: 'disabled',
    authentication: { primaryKey: hub.ids.symmetricKey('devB', 'primary', 0) },
  });
});

test('an anonymized seed has no keys and no names, and keeps parents and modules', async () => {
  const { hub } = newHub();
  applySeed(hub, anonymized(await readSeed(FLEET), { keys: 'new', ids: 'pseudonyms' }));
  const text = await writeSeed(exportSeed(hub), 'json');
  for (const secret of [KEY, 'leaf', 'filter']) expect(text).not.toContain(`"${secret}"`);
  expect(exportSeed(hub).identities.map(({ name, parent }) => [name.deviceId, name.moduleId, parent])).toEqual([
    ['device-1', undefined, undefined],
    ['device-2', undefined, undefined],
    ['device-3', undefined, 'device-2'],
    ['device-4', undefined, undefined],
    ['device-5', undefined, undefined],
    ['device-2', '$edgeAgent', undefined],
    ['device-2', '$edgeHub', undefined],
    ['device-2', 'module-1', undefined],
  ]);
});

test('a seed comes on top of what is there, or instead of it', async () => {
  const { hub } = newHub();
  applySeed(hub, await readSeed('devices: [a, { id: b, tags: { x: 1 } }]'));
  loadSeed(hub, await readSeed('devices: [{ id: b, tags: { y: 2 } }, c]'), { replace: false });
  expect([hub.registry.list().map(({ key }) => key), hub.twins.get('b').twin.tags]).toEqual([
    ['a', 'b', 'c'],
    { x: 1, y: 2 },
  ]);
  const twice = await readSeed('devices: [d, d]');
  expect(refusal(() => loadSeed(hub, twice, { replace: true }))?.code).toBe('DeviceAlreadyExists');
  expect(hub.registry.list().map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  loadSeed(hub, { identities: [], configurations: [] }, { replace: true });
  expect(exportSeed(hub)).toEqual({ identities: [], configurations: [] });
});

test('a seed has routes, which are exported with it', async () => {
  const { hub } = newHub();
  const text = `
devices: [a]
routing:
  endpoints: { eventHubs: [{ name: hot }] }
  routes: [{ name: alarms, source: DeviceMessages, condition: "level = 'high'", endpointNames: [hot] }]
`;
  applySeed(hub, await readSeed(text));
  expect(hub.router.eventHubs).toEqual(['events', 'hot']);
  const seed = exportSeed(hub);
  expect(seed.routing).toEqual({
    endpoints: { eventHubs: [{ name: 'hot' }] },
    routes: [
      {
        name: 'alarms',
        source: 'DeviceMessages',
        condition: "level = 'high'",
        endpointNames: ['hot'],
        isEnabled: true,
      },
    ],
  });
  expect(await readSeed(await writeSeed(seed, 'yaml'))).toMatchObject({ routing: seed.routing });
  loadSeed(hub, { identities: [], configurations: [] }, { replace: true });
  expect(hub.router.eventHubs).toEqual(['events']);
  const wrong = await readSeed('routing: { routes: [{ name: a, source: Other, endpointNames: [events] }] }');
  expect(refusal(() => loadSeed(hub, wrong, { replace: false }))?.code).toBe('ArgumentInvalid');
});

test.each([
  ['devices: [{ id: a b }]', 'devices.0'],
  ['devices: [{ id: a, color: red }]', 'devices.0'],
  ['devices: [', 'Flow sequence'],
  ['{"devices": [{"deviceId": "a"}]}', 'use `import`'],
  ['just text', 'expected object'],
  ['{"id":"a"}\n{"id":', 'JSON'],
])('a text that is not a seed is refused: %s', async (text, complaint) => {
  await expect(readSeed(text)).rejects.toThrow(SeedError);
  await expect(readSeed(text)).rejects.toThrow(complaint);
});
