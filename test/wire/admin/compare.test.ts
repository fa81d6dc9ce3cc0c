import { expect, test } from 'vitest';
import { startAdmin } from '../../support/wire/admin-hub.ts';

test('a snapshot is compared with now, and a twin with another one', async () => {
  await using admin = await startAdmin();
  await admin.ask('POST', '/snapshots', { name: 'before: all' });
  admin.hub.registry.create({ deviceId: 'd2' }, {});
  admin.hub.twins.patch('d1', { tags: { hall: 4 } });
  const left = encodeURIComponent('snapshot:before: all');
  expect((await admin.ask('GET', `/compare?left=${left}`)).body).toEqual({
    counts: { created: 1, deleted: 0, changed: 1 },
    created: ['d2'],
    deleted: [],
    changed: [{ id: 'd1', changes: [{ path: 'tags', after: { hall: 4 } }] }],
  });
  expect((await admin.ask('GET', '/compare?left=now&right=seed')).body).toMatchObject({ deleted: ['d2'] });
  expect((await admin.ask('GET', '/compare/twins?left=d1&right=d2')).body).toEqual([
    { path: 'tags', before: { hall: 4 } },
  ]);
});

test.each([
  ['/compare?left=snapshot:none', 404, 'GenericNotFound'],
  ['/compare?left=hub:none', 404, 'GenericNotFound'],
  ['/compare?left=yesterday', 400, 'ArgumentInvalid'],
  ['/compare/twins?left=d1&right=nobody', 404, 'DeviceNotFound'],
  ['/compare/twins?left=d1', 400, 'ArgumentInvalid'],
])('%s is refused with %i %s', async (path, status, code) => {
  await using admin = await startAdmin();
  expect(await admin.ask('GET', path)).toMatchObject({ status, body: { code } });
});
