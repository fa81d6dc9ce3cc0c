import { expect, test } from 'vitest';
import { newSession } from '../../support/hub/hub.ts';
import { type Rest, startRest } from '../../support/wire/rest-client.ts';

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins
const withDevice = async (id = 'd1'): Promise<Rest> => {
  const rest = await startRest();
  await rest.ask('PUT', `/devices/${id}`, { body: {} });
  return rest;
};

const NEVER = '0001-01-01T00:00:00Z';
const CREATED = { $lastUpdated: '2026-01-01T00:00:00Z' };

test('a new device has a twin at once', async () => {
  await using rest = await withDevice('myDevice');
  const { status, headers, text } = await rest.ask('GET', '/twins/myDevice');
  const { headers: device } = await rest.ask('GET', '/devices/myDevice');
  expect([status, headers.etag]).toEqual([200, '"AAAAAAAAAAE="']);
  expect(text).toBe(
    JSON.stringify({
      deviceId: 'myDevice',
      etag: 'AAAAAAAAAAE=',
      deviceEtag: device.etag,
      status: 'enabled',
      statusUpdateTime: NEVER,
      connectionState: 'Disconnected',
      lastActivityTime: NEVER,
      cloudToDeviceMessageCount: 0,
      authenticationType: 'sas',
      x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
      modelId: '',
      version: 2,
      properties: {
        desired: { $metadata: CREATED, $version: 1 },
        reported: { $metadata: CREATED, $version: 1 },
      },
      capabilities: { iotEdge: false },
    }),
  );
});

test('a patch merges tags and desired properties, and a connected device gets the change', async () => {
  await using rest = await withDevice();
  const { session, heard } = newSession('d1');
  rest.hub.sessions.open(session, { resume: false });
  rest.hub.sessions.subscribe(session, 'desired', 1);
  rest.clock.advance(1_500);
  const patched = await rest.ask('PATCH', '/twins/d1', {
    body: { tags: { location: { region: 'US', plant: 'Redmond43' } }, properties: { desired: { rate: { max: 5 } } } },
  });
  const stamp = { $lastUpdated: '2026-01-01T00:00:01.5000000Z', $lastUpdatedVersion: 2 };
  expect([patched.status, patched.headers.etag]).toEqual([200, '"AAAAAAAAAAI="']);
  expect(patched.body).toMatchObject({
    etag: 'AAAAAAAAAAI=',
    version: 3,
    tags: { location: { region: 'US', plant: 'Redmond43' } },
    properties: {
      desired: { rate: { max: 5 }, $metadata: { ...stamp, rate: { ...stamp, max: stamp } }, $version: 2 },
      reported: { $metadata: CREATED, $version: 1 },
    },
  });
  expect(heard).toEqual([{ type: 'desired', patch: { rate: { max: 5 }, $version: 2 }, version: 2 }]);
  expect((await rest.ask('GET', '/twins/d1')).text).toBe(patched.text);
});

test('a replacement removes what it leaves out', async () => {
  await using rest = await withDevice();
  await rest.ask('PATCH', '/twins/d1', { body: { tags: { a: 1 }, properties: { desired: { b: 2 } } } });
  const replaced = await rest.ask('PUT', '/twins/d1', { body: { properties: { desired: { c: 3 } } } });
  expect(replaced).toMatchObject({ status: 200, body: { tags: {}, etag: 'AAAAAAAAAAM=', version: 4 } });
  expect((replaced.body as { properties: { desired: object } }).properties.desired).toEqual({
    c: 3,
    $metadata: {
      $lastUpdated: '2026-01-01T00:00:00Z',
      $lastUpdatedVersion: 3,
      c: { $lastUpdated: '2026-01-01T00:00:00Z', $lastUpdatedVersion: 3 },
    },
    $version: 3,
  });
});

test('older clients replace one section at its own path', async () => {
  await using rest = await withDevice();
  await rest.ask('PATCH', '/twins/d1', { body: { tags: { a: 1 }, properties: { desired: { b: 2 } } } });
  expect(await rest.ask('PUT', '/twins/d1/tags', { body: { z: 9 } })).toMatchObject({
    status: 200,
    body: { tags: { z: 9 }, etag: 'AAAAAAAAAAM=', properties: { desired: { b: 2, $version: 2 } } },
  });
  const replaced = await rest.ask('PUT', '/twins/d1/properties/desired', { body: { y: 8 } });
  expect(replaced).toMatchObject({ status: 200, body: { tags: { z: 9 }, properties: { desired: { $version: 3 } } } });
  expect(replaced.text).toContain('"desired":{"y":8,"$metadata"');
});

test('a whole fetched twin may be sent back', async () => {
  await using rest = await withDevice();
  await rest.ask('PATCH', '/twins/d1', { body: { tags: { a: 1 }, properties: { desired: { b: { c: [1, 2] } } } } });
  const { body } = await rest.ask('GET', '/twins/d1');
  expect(await rest.ask('PATCH', '/twins/d1', { body })).toMatchObject({
    status: 200,
    body: { tags: { a: 1 }, version: 4, properties: { desired: { b: { c: [1, 2] }, $version: 3 } } },
  });
});

test('a module has a twin of its own', async () => {
  await using rest = await withDevice();
  const path = '/twins/d1/modules/m1';
  expect(await rest.ask('GET', path)).toMatchObject({
    status: 404,
    headers: { 'iothub-errorcode': 'DeviceNotFound' },
  });
  const { headers: module } = await rest.ask('PUT', '/devices/d1/modules/m1', { body: {} });
  const { status, body } = await rest.ask('GET', path);
  expect([status, body]).toEqual([
    200,
    expect.objectContaining({ deviceId: 'd1', moduleId: 'm1', deviceEtag: module.etag, etag: 'AAAAAAAAAAE=' }),
  ]);
  expect(body).not.toHaveProperty('capabilities');
  const ifMatch = { 'if-match': '"AAAAAAAAAAE="' };
  expect(await rest.ask('PATCH', path, { body: { tags: { t: 1 } }, headers: ifMatch })).toMatchObject({ status: 200 });
  expect(await rest.ask('PUT', path, { body: { tags: { t: 1 } }, headers: ifMatch })).toMatchObject({ status: 412 });
  expect((await rest.ask('GET', '/twins/d1')).text).not.toContain('"t":1');
});

test('If-Match guards a twin in each of its forms', async () => {
  await using rest = await withDevice();
  const patch = async (ifMatch?: string): Promise<number> => {
    const headers: Record<string, string> = ifMatch === undefined ? {} : { 'if-match': ifMatch };
    return (await rest.ask('PATCH', '/twins/d1', { body: { tags: { n: 1 } }, headers })).status;
  };
  expect(await patch()).toBe(200); // now AAAAAAAAAAI=
  expect(await patch('AAAAAAAAAAI=')).toBe(200);
  expect(await patch('"AAAAAAAAAAM="')).toBe(200);
  expect(await patch('W/"AAAAAAAAAAQ="')).toBe(200);
  expect(await patch('*')).toBe(200);
  expect(await patch('"*"')).toBe(200);
  expect(await patch('"AAAAAAAAAAY="')).toBe(412);
});

// https://github.com/Azure/azure-iot-sdk-node/issues/606
test.each(['abc', 'AAAAAAAAAAk=', "'AAAAAAAAAAk='"])(
  'an If-Match that is not quoted, %s, is not seen',
  async (etag) => {
    await using rest = await withDevice();
    await rest.ask('PUT', '/devices/d1/modules/m1', { body: {} });
    for (const path of ['/twins/d1', '/twins/d1/modules/m1'])
      for (const method of ['PATCH', 'PUT'])
        expect(await rest.ask(method, path, { body: { tags: { n: 1 } }, headers: { 'if-match': etag } })).toMatchObject(
          {
            status: 200,
            body: { tags: { n: 1 } },
          },
        );
  },
);

test('names of Object.prototype are plain data', async () => {
  await using rest = await withDevice();
  const body =
    '{"tags":{"__proto__":{"a":1},"constructor":{"prototype":{"b":2}},"toString":3},"properties":{"desired":{"__proto__":{"c":4}}}}';
  const patched = await rest.ask('PATCH', '/twins/d1', { body });
  expect(patched.status).toBe(200);
  expect(patched.text).toContain(
    '"tags":{"__proto__":{"a":1},"constructor":{"prototype":{"b":2}},"toString":3},"properties":{"desired":{"__proto__":{"c":4},',
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
  const { text } = await rest.ask('PATCH', '/twins/d1', { body: '{"tags":{"__proto__":null}}' });
  expect(text).toContain('"tags":{"constructor":{"prototype":{"b":2}},"toString":3}');
});

test('arrays, dates and number values come back as they were', async () => {
  await using rest = await withDevice();
  const values = {
    list: [1, 'two', { three: [3.5] }],
    at: '2026-03-01T10:00:00.0000000+02:00',
    big: 4503599627370495,
    far: 1e300,
  };
  const { text } = await rest.ask('PATCH', '/twins/d1', { body: { properties: { desired: values } } });
  expect(text).toContain(`"desired":${JSON.stringify(values).slice(0, -1)},"$metadata"`);
});
