import { expect, test } from 'vitest';
import { startAdmin } from '../../support/wire/admin-hub.ts';

test('drift is told of the fleet, of a device and of a module', async () => {
  await using admin = await startAdmin();
  const { hub } = admin;
  hub.registry.create({ deviceId: 'd1', moduleId: 'm' }, {});
  hub.twins.patch('d1', { properties: { desired: { rate: 5, mode: 'eco' } } });
  hub.twins.report('d1', { rate: 4 });
  hub.twins.patch('d1/m', { properties: { desired: { target: 23 } } });
  hub.twins.report('d1/m', { target: { value: 20, ac: 400, av: 2, ad: 'too hot' } });
  expect((await admin.ask('GET', '/drift')).body).toMatchObject({
    examined: 2,
    twins: [
      { deviceId: 'd1', different: 1, missing: 1 },
      { deviceId: 'd1', moduleId: 'm', different: 1, missing: 0 },
    ],
  });
  expect((await admin.ask('GET', '/drift/d1')).body).toEqual([
    { path: 'rate', kind: 'different', desired: 5, reported: 4 },
    { path: 'mode', kind: 'missing', desired: 'eco' },
  ]);
  expect((await admin.ask('GET', '/drift/d1/modules/m')).body).toEqual([
    { path: 'target', kind: 'refused', desired: 23, reported: 20, status: 400, text: 'too hot' },
  ]);
});

test.each([
  ['/drift/nobody', 404, 'DeviceNotFound'],
  ['/drift/d1/modules/nobody', 404, 'ModuleNotFound'],
  ['/drift?limit=many', 400, 'ArgumentInvalid'],
])('%s is refused with %i %s', async (path, status, code) => {
  await using admin = await startAdmin();
  expect(await admin.ask('GET', path)).toMatchObject({ status, body: { code } });
});
