import { describe, expect, test } from 'vitest';
import { renderTwin } from '../../../emulator/hub/twins/twin-document.ts';
import { newHub, newSession, refusal, START } from '../../support/hub/hub.ts';

const device = () => {
  const world = newHub();
  world.hub.registry.create({ deviceId: 'd1' }, {});
  return { ...world, twins: world.hub.twins };
};

describe('a new twin', () => {
  // https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins
  test('starts with version 2 and $version 1 on both sides', () => {
    const { twins } = device();
    expect(renderTwin(twins.get('d1'))).toMatchObject({
      deviceId: 'd1',
      etag: 'AAAAAAAAAAE=',
      status: 'enabled',
      statusUpdateTime: '0001-01-01T00:00:00Z',
      connectionState: 'Disconnected',
      lastActivityTime: '0001-01-01T00:00:00Z',
      cloudToDeviceMessageCount: 0,
      authenticationType: 'sas',
      x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
      modelId: '',
      version: 2,
      properties: {
        desired: { $metadata: { $lastUpdated: START }, $version: 1 },
        reported: { $metadata: { $lastUpdated: START }, $version: 1 },
      },
      capabilities: { iotEdge: false },
    });
  });

  test('shows its members in the order of the service and leaves out what was never set', () => {
    const { twins } = device();
    expect(Object.keys(renderTwin(twins.get('d1')))).toEqual([
      'deviceId',
      'etag',
      'deviceEtag',
      'status',
      'statusUpdateTime',
      'connectionState',
      'lastActivityTime',
      'cloudToDeviceMessageCount',
      'authenticationType',
      'x509Thumbprint',
      'modelId',
      'version',
      'properties',
      'capabilities',
    ]);
  });
});

describe('a patch', () => {
  test('of desired properties stamps every touched level', () => {
    const { twins, clock } = device();
    clock.advance(1500);
    twins.patch('d1', { properties: { desired: { Thermostat: { Temperature: 75.1, Unit: 'F' } } } });
    const stamp = { $lastUpdated: '2026-01-01T00:00:01.5000000Z', $lastUpdatedVersion: 2 };
    expect(renderTwin(twins.get('d1'))).toMatchObject({
      etag: 'AAAAAAAAAAI=',
      version: 3,
      properties: {
        desired: {
          Thermostat: { Temperature: 75.1, Unit: 'F' },
          $metadata: { ...stamp, Thermostat: { ...stamp, Temperature: stamp, Unit: stamp } },
          $version: 2,
        },
      },
    });
  });

  test('of tags alone leaves desired $version and sends nothing to the device', () => {
    const { hub, twins } = device();
    const { session, heard } = newSession('d1');
    hub.sessions.open(session, { resume: false });
    hub.sessions.subscribe(session, 'desired', 0);
    const { twin } = twins.patch('d1', { tags: { location: { region: 'US' } } });
    expect([twin.etag, twin.version, twin.desired.version, twin.tags]).toEqual([
      2,
      3,
      1,
      { location: { region: 'US' } },
    ]);
    expect(heard).toEqual([]);
  });

  test('with null deletes, and null for a missing key makes nothing but its parents', () => {
    const { twins } = device();
    twins.patch('d1', { properties: { desired: { a: 1, b: { c: 2, d: 3 } } } });
    twins.patch('d1', { properties: { desired: { a: null, b: { c: null }, x: { y: null }, z: null } } });
    expect(twins.get('d1').twin.desired.values).toEqual({ b: { d: 3 }, x: {} });
  });

  test('with the same value counts and is sent again', () => {
    const { hub, twins } = device();
    const { session, heard } = newSession('d1');
    hub.sessions.open(session, { resume: false });
    hub.sessions.subscribe(session, 'desired', 0);
    twins.patch('d1', { properties: { desired: { rate: 5 } } });
    twins.patch('d1', { properties: { desired: { rate: 5 } } });
    expect(heard).toEqual([
      { type: 'desired', patch: { rate: 5, $version: 2 }, version: 2 },
      { type: 'desired', patch: { rate: 5, $version: 3 }, version: 3 },
    ]);
  });

  test('that is a whole fetched twin is taken, its read-only parts ignored', () => {
    const { twins } = device();
    const fetched = renderTwin(twins.patch('d1', { properties: { desired: { rate: 5 } } }));
    const { twin } = twins.patch('d1', fetched, 'AAAAAAAAAAI=');
    expect(twin.desired.values).toEqual({ rate: 5 });
    expect(twin.reported.version).toBe(1);
  });

  test('with an empty section or nothing at all changes nothing', () => {
    const { twins, events } = device();
    const before = twins.get('d1');
    for (const body of [
      {},
      { tags: {}, properties: { desired: {}, reported: { a: 1 } } },
      { properties: { desired: { $version: 9 } } },
    ])
      expect(twins.patch('d1', body)).toBe(before);
    expect(events.map((event) => event.type)).toEqual(['identity.created']);
  });

  test('with desired: null clears the section and sends the device what was removed', () => {
    const { hub, twins } = device();
    twins.patch('d1', { properties: { desired: { a: 1, b: { c: 2 } } } });
    const { session, heard } = newSession('d1');
    hub.sessions.open(session, { resume: false });
    hub.sessions.subscribe(session, 'desired', 0);
    const { twin } = twins.patch('d1', { properties: { desired: null } });
    expect([twin.desired.values, twin.desired.version]).toEqual([{}, 3]);
    expect(heard).toEqual([{ type: 'desired', patch: { a: null, b: null, $version: 3 }, version: 3 }]);
  });

  test('keeps keys such as __proto__ and constructor as plain data', () => {
    const { twins } = device();
    const body = JSON.parse('{"properties":{"desired":{"__proto__":{"x":1},"constructor":{"prototype":{"y":2}}}}}');
    twins.patch('d1', body);
    expect(JSON.stringify(twins.get('d1').twin.desired.values)).toBe(
      '{"__proto__":{"x":1},"constructor":{"prototype":{"y":2}}}',
    );
    expect(Object.keys({})).toEqual([]);
    expect('x' in {}).toBe(false);
  });
});

describe('a replacement', () => {
  // https://github.com/Azure/azure-iot-sdk-csharp/issues/954
  test('sends the device the new values, and null for what was removed', () => {
    const { hub, twins } = device();
    twins.patch('d1', { properties: { desired: { a: 1, b: 2 } } });
    const { session, heard } = newSession('d1');
    hub.sessions.open(session, { resume: false });
    hub.sessions.subscribe(session, 'desired', 0);
    twins.replace('d1', { properties: { desired: { a: 1, c: 100 } } });
    expect(heard).toEqual([{ type: 'desired', patch: { a: 1, b: null, c: 100, $version: 3 }, version: 3 }]);
  });

  test('empties the sections that it leaves out and never touches reported', () => {
    const { twins } = device();
    twins.patch('d1', { tags: { a: 1 }, properties: { desired: { b: 2 } } });
    twins.report('d1', { c: 3 });
    const { twin } = twins.replace('d1', { tags: { x: 1 } });
    expect([twin.tags, twin.desired.values, twin.desired.version, twin.reported.values]).toEqual([
      { x: 1 },
      {},
      3,
      { c: 3 },
    ]);
  });
});

describe('an etag', () => {
  test('that is stale is refused, and "*" and the current one are not', () => {
    const { twins } = device();
    expect(refusal(() => twins.patch('d1', { tags: { a: 1 } }, 'AAAAAAAAAAk='))).toEqual({
      code: 'PreconditionFailed',
      status: 412,
      message: 'PreconditionFailed, ETag may be invalid.',
    });
    expect(twins.get('d1').twin.tags).toBeUndefined();
    twins.patch('d1', { tags: { a: 1 } }, '*');
    twins.patch('d1', { tags: { a: 2 } }, 'AAAAAAAAAAI=');
    expect(twins.get('d1').twin.tags).toEqual({ a: 2 });
  });
});

describe('a report', () => {
  test('merges, counts its own $version and leaves the etag', () => {
    const { twins } = device();
    expect(twins.report('d1', { connectivity: { type: 'cellular' } })).toBe(2);
    expect(twins.report('d1', { connectivity: { type: null } })).toBe(3);
    const { twin } = twins.get('d1');
    expect([twin.reported.values, twin.etag, twin.version]).toEqual([{ connectivity: {} }, 1, 4]);
    expect(twin.reported.metadata).toEqual({ $lastUpdated: START, connectivity: { $lastUpdated: START } });
  });

  test('under a wrong $version is refused', () => {
    const { twins } = device();
    expect(refusal(() => twins.report('d1', { a: 1 }, 7))).toMatchObject({ code: 'PreconditionFailed', status: 412 });
    expect(twins.report('d1', { a: 1 }, 1)).toBe(2);
  });

  test('with a $ key is refused whole', () => {
    const { twins } = device();
    expect(refusal(() => twins.report('d1', { good: 1, $bad: 2 }))).toEqual({
      code: 'ArgumentInvalid',
      status: 400,
      message:
        "Property or Tag name has invalid characters. Error in Property/Tag $bad. Must not contain Control Characters, '.', '$', '#', or ' '.",
    });
    expect(twins.get('d1').twin.reported.values).toEqual({});
  });
});

describe('what the device sees', () => {
  test('is values and $version, without tags and metadata', () => {
    const { twins } = device();
    twins.patch('d1', { tags: { a: 1 }, properties: { desired: { rate: 5 } } });
    twins.report('d1', { fw: '1.0' });
    expect(twins.read('d1')).toEqual({ desired: { rate: 5, $version: 2 }, reported: { fw: '1.0', $version: 2 } });
  });
});
