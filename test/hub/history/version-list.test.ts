import { expect, test } from 'vitest';
import type { VersionList } from '../../../emulator/hub/history/version-list.ts';
import { newHub } from '../../support/hub/hub.ts';

test('a list has the versions that it had, and none beyond its end, whatever comes later', () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  const list = (): VersionList => [...hub.changes.space('history').entries()][0]?.value as VersionList;
  hub.twins.report('d1', { n: 1 }, undefined, '{"n":1}');
  hub.twins.report('d1', { n: 2 }, undefined, '{"n":2}');
  const early = list();
  for (let n = 3; n < 200; n++) hub.twins.report('d1', { n }, undefined, `{"n":${n}}`);
  const late = list();
  expect(early.versions.map(({ member }) => member?.twin.reported.values)).toEqual([{}, { n: 1 }, { n: 2 }]);
  expect([early.at(3), early.at(300), late.at(late.size)]).toEqual([undefined, undefined, undefined]);
  expect(late.at(late.size - 1)?.member?.twin.reported.values).toEqual({ n: 199 });
});
