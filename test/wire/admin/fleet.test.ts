import { expect, test } from 'vitest';
import type { Json } from '../../../protocol/json.ts';
import { newSession } from '../../support/hub/hub.ts';
import { multiset, readVectors } from '../../support/hub/vectors.ts';
import { startAdmin } from '../../support/wire/admin-hub.ts';

test('a twin is read in spite of faults', async () => {
  await using admin = await startAdmin();
  admin.hub.faults.add({ match: { operation: 'rest' }, effect: { type: 'throttle' } });
  admin.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  expect((await admin.ask('GET', '/twins/d1')).body).toMatchObject({ deviceId: 'd1', properties: { reported: {} } });
  expect((await admin.ask('GET', '/twins/d1/modules/m1')).body).toMatchObject({ moduleId: 'm1' });
  expect((await admin.ask('GET', '/twins/d2')).status).toBe(404);
});

test('a fleet is imported and exported without changes', async () => {
  await using admin = await startAdmin();
  const { fleet } = readVectors('query-vectors');
  expect((await admin.ask('POST', '/import', fleet)).body).toEqual({ devices: 26, modules: 10, jobs: 7 });
  const { body } = await admin.ask('GET', '/export');
  expect(multiset(listIn(body, 'devices'))).toEqual(multiset(fleet.devices));
  expect(multiset(listIn(body, 'modules'))).toEqual(multiset(fleet.modules));
  expect(multiset(listIn(body, 'jobs'))).toEqual(multiset(fleet.jobs));
  await admin.ask('POST', '/import', body);
  expect((await admin.ask('GET', '/export')).body).toEqual(body);
  expect((await admin.ask('POST', '/import', { devices: [{ tags: {} }] })).status).toBe(400);
  expect(admin.hub.registry.statistics().totalDeviceCount).toBe(26);
});

test('subscriptions of lasting sessions are exported and imported too', async () => {
  await using admin = await startAdmin();
  const { session } = newSession('d1');
  admin.hub.sessions.open(session, { resume: true });
  admin.hub.sessions.subscribe(session, 'desired', 0);
  admin.hub.sessions.subscribe(session, 'methods', 1);
  const { body } = await admin.ask('GET', '/export');
  const listed = [{ deviceId: 'd1', subscriptions: { desired: 0, methods: 1 } }];
  expect(listIn(body, 'sessions')).toEqual(listed);
  await using other = await startAdmin();
  await other.ask('POST', '/import', body);
  expect(listIn((await other.ask('GET', '/export')).body, 'sessions')).toEqual(listed);
  const again = newSession('d1').session;
  expect(other.hub.sessions.open(again, { resume: true })).toEqual({ resumed: true });
  expect(other.hub.sessions.find('d1', 'desired')).toBe(again);
  await other.ask('POST', '/import', { devices: [], sessions: [...listed, { deviceId: 'd2', subscriptions: null }] });
  expect(listIn((await other.ask('GET', '/export')).body, 'sessions')).toEqual([]);
});

test('an imported fleet replaces the present one unless it is merged', async () => {
  await using admin = await startAdmin();
  await admin.ask('POST', '/import?mode=merge', { devices: [{ deviceId: 'd2' }] });
  expect(admin.hub.registry.list().map(({ key }) => key)).toEqual(['d1', 'd2']);
  await admin.ask('POST', '/import', { devices: [{ deviceId: 'd3' }] });
  expect(admin.hub.registry.list().map(({ key }) => key)).toEqual(['d3']);
});

const listIn = (body: unknown, name: string): Json[] => (body as Record<string, Json[]>)[name] ?? []; // as exported

test('uploaded files are exported and imported too, as far as an export has room for them', async () => {
  await using admin = await startAdmin();
  const small = Buffer.from([0, 255, 128, 10]);
  admin.hub.blobs.put('d1/small.bin', small, { 'content-type': 'image/png' });
  admin.hub.blobs.put('d1/large.bin', new Uint8Array(16 * 1024 * 1024), {});
  const { body } = await admin.ask('GET', '/export');
  expect(body).toMatchObject({
    files: [{ blobName: 'd1/small.bin', headers: { 'content-type': 'image/png' }, content: ['AP+ACg=='] }],
    filesLeftOut: ['d1/large.bin'],
  });
  await using other = await startAdmin();
  other.hub.blobs.put('d1/old.bin', small, {});
  expect((await other.ask('POST', '/import', body)).status).toBe(200);
  const blobs = Array.from(other.hub.blobs.entries(), ({ key, value }) => [key, value.headers, value.content]);
  expect(blobs).toEqual([['d1/small.bin', { 'content-type': 'image/png' }, [new Uint8Array(small)]]]);
});

test.each([
  [{ files: {} }],
  [{ files: [{ blobName: '', content: [] }] }],
  [{ files: [{ blobName: 'd1/a', content: ['-'] }] }],
  [{ files: [{ blobName: 'd1/a', content: [], headers: { a: 1 } }] }],
  [{ files: [{ blobName: 'd1/a', content: ['A'.repeat(24 * 1024 * 1024)] }] }],
])('files that are not as exported are refused, and nothing changes', async (document) => {
  await using admin = await startAdmin();
  expect((await admin.ask('POST', '/import', document)).status).toBe(400);
  expect(admin.hub.fleet.find('d1')).toBeDefined();
});
