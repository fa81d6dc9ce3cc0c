import { expect, test } from 'vitest';
import { startAdmin } from '../../support/wire/admin-hub.ts';

test('a seed is tried: what it would create, change and delete is told, and nothing is written', async () => {
  await using admin = await startAdmin();
  const { hub } = admin;
  hub.twins.patch('d1', { tags: { hall: 1 } });
  hub.registry.create({ deviceId: 'old' }, {});
  const [events, devices] = [hub.events.sequence, [...hub.fleet.devices.rows()]];
  const seed = { devices: [{ id: 'd1', tags: { hall: 2 } }, 'new'] };
  expect((await admin.ask('POST', '/dry-run/seed', seed)).body).toMatchObject({
    counts: { created: 1, deleted: 0, changed: 1 },
    created: ['new'],
    changed: [{ id: 'd1', changes: [{ path: 'tags.hall', before: 1, after: 2 }] }],
  });
  expect((await admin.ask('POST', '/dry-run/seed?mode=replace', seed)).body).toMatchObject({ deleted: ['old'] });
  expect([hub.events.sequence, [...hub.fleet.devices.rows()]]).toEqual([events, devices]);
});

test('a state file of the Azure CLI says that its resources are not taken', async () => {
  await using admin = await startAdmin();
  const state = { arm: { resources: [] }, devices: { d9: { identity: { status: 'enabled' }, twin: {} } } };
  expect((await admin.ask('POST', '/dry-run/seed', state)).body).toMatchObject({
    created: ['d9'],
    notTaken: expect.arrayContaining(['The section arm, about resources in Azure.']),
  });
});

test('a seed that the hub rejects is refused as it would be', async () => {
  await using admin = await startAdmin();
  expect(await admin.ask('POST', '/dry-run/seed', { devices: ['a', 'a'] })).toMatchObject({ status: 409 });
  expect((await admin.ask('POST', '/dry-run/seed', { devices: 5 })).status).toBe(400);
});
