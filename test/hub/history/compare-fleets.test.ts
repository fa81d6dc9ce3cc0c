import { expect, test } from 'vitest';
import { compareFleets } from '../../../emulator/hub/history/compare-fleets.ts';
import { drain } from '../../../emulator/hub/query/queries.ts';
import { takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { addDevices, newHub } from '../../support/hub/hub.ts';

test('two states of a fleet differ in what was created, deleted and changed, and not in who is connected', () => {
  const { hub } = newHub();
  addDevices(hub, { gone: {}, kept: { hall: 1 }, seen: {} });
  const before = takeSnapshot(hub).spaces;
  hub.registry.delete({ deviceId: 'gone' }, '*');
  addDevices(hub, { fresh: {} });
  hub.registry.create({ deviceId: 'kept', moduleId: 'm' }, {});
  hub.twins.patch('kept', { tags: { hall: 2 } });
  hub.twins.read('seen');
  const after = takeSnapshot(hub).spaces;
  expect(drain(compareFleets(before, after, { most: 10, withKeys: true }))).toEqual({
    counts: { created: 2, deleted: 1, changed: 1 },
    created: ['fresh', 'kept/m'],
    deleted: ['gone'],
    changed: [{ key: 'kept', changes: [{ path: 'tags.hall', before: 1, after: 2 }] }],
  });
  expect(drain(compareFleets(after, before, { most: 1, withKeys: true }))).toMatchObject({
    counts: { created: 1, deleted: 2, changed: 1 },
    deleted: ['fresh'],
  });
  expect(drain(compareFleets(after, after, { most: 10, withKeys: true })).counts).toEqual({
    created: 0,
    deleted: 0,
    changed: 0,
  });
});

test('keys are told only where they count', () => {
  const { hub } = newHub();
  addDevices(hub, { d1: {} });
  const before = takeSnapshot(hub).spaces;
  hub.registry.regenerateKeys('d1', 'primary');
  const after = takeSnapshot(hub).spaces;
  const changes = (withKeys: boolean) => drain(compareFleets(before, after, { most: 10, withKeys })).changed;
  expect(changes(true)).toMatchObject([{ changes: [{ path: 'identity.authentication.symmetricKey.primaryKey' }] }]);
  expect(changes(false)).toEqual([]);
});
