import { expect, test } from 'vitest';
import { startAdmin } from '../../support/wire/admin-hub.ts';

const hot = {
  endpoints: { eventHubs: [{ name: 'hot' }] },
  routes: [{ name: 'alarms', source: 'DeviceMessages', condition: "level = 'high'", endpointNames: ['hot'] }],
};

test('routes are set, shown with their counts, and refused with the place of a mistake', async () => {
  await using admin = await startAdmin();
  expect((await admin.ask('PUT', '/routing', hot)).status).toBe(200);
  const message = { body: new Uint8Array(), properties: { level: 'high' }, system: {} };
  admin.hub.telemetry.receive('d1', message);
  expect((await admin.ask('GET', '/routing')).body).toMatchObject({
    routing: { routes: [{ name: 'alarms', isEnabled: true }] },
    counts: { matched: { alarms: 1 }, fallback: 0 },
  });
  expect(
    await admin.ask('PUT', '/routing', { ...hot, routes: [{ ...hot.routes[0], condition: 'level =' }] }),
  ).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining('routes.alarms.condition') },
  });
});

// https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/test-all-routes
test('routes and conditions are tried without sending anything', async () => {
  await using admin = await startAdmin();
  await admin.ask('PUT', '/routing', hot);
  const tried = async (operation: string, body: object) =>
    (await admin.ask('POST', `/routing/${operation}`, body)).body;
  const message = { appProperties: { level: 'high' } };
  expect(await tried('$testall', { routingSource: 'DeviceMessages', message })).toMatchObject({
    routes: [{ properties: { name: 'alarms', endpointNames: ['hot'] } }],
  });
  expect(await tried('$testall', { message: { appProperties: {} } })).toEqual({ routes: [] });
  expect(await tried('$testnew', { message, route: hot.routes[0] })).toEqual({ result: 'true' });
  expect(
    await tried('$testnew', { message, route: { condition: '$twin.tags.a = 1' }, twin: { tags: { a: 2 } } }),
  ).toEqual({
    result: 'false',
  });
  expect(await tried('$testnew', { message, route: { condition: 'level =' } })).toMatchObject({
    result: 'undefined',
    details: { compilationErrors: [{ message: expect.any(String), severity: 'error' }] },
  });
  expect(admin.hub.router.counts).toMatchObject({ matched: {}, orphaned: 0 });
});
