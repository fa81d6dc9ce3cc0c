import { expect, test } from 'vitest';
import { renderLatest } from '../../../emulator/hub/history/history-document.ts';
import { latestVersions } from '../../../emulator/hub/history/latest.ts';
import { VersionList } from '../../../emulator/hub/history/version-list.ts';
import { UnreadVersions } from '../../../emulator/hub/history/versions.ts';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { importFleet } from '../../../emulator/hub/snapshots/fleet-document.ts';
import { newHub } from '../../support/hub/hub.ts';

/** All pages, each asked for with the last version of the one before. */
const pagesOf = (hub: Hub, limit: number) => {
  const pages = [renderLatest(hub.history, { limit })];
  for (let last = pages.at(-1)?.at(-1); last !== undefined; last = pages.at(-1)?.at(-1))
    pages.push(renderLatest(hub.history, { limit, after: { event: last.event, key: last.id, number: last.version } }));
  return pages;
};

const devices = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ deviceId: `d${String(n).padStart(4, '0')}` }));

test('all devices of an import, which one event tells, are found page by page', () => {
  const { hub } = newHub();
  const fleet = devices(1200);
  importFleet(hub, { devices: fleet.toReversed() }, { replace: true });
  hub.twins.report('d0007', { celsius: 20 });
  const pages = pagesOf(hub, 500);
  expect(pages.map(({ length }) => length)).toEqual([500, 500, 201, 0]);
  expect(pages.flat().map(({ id, version }) => `${id} ${version}`)).toEqual([
    'd0007 2',
    ...fleet.map(({ deviceId }) => `${deviceId} 1`),
  ]);
});

test('of the versions that one event tells, the newest of each id is first', () => {
  const { hub } = newHub();
  importFleet(hub, { devices: ['a', 'b', 'a', 'b', 'c'].map((deviceId) => ({ deviceId })) }, { replace: true });
  const whole = ['a 2', 'a 1', 'b 2', 'b 1', 'c 1'];
  for (const limit of [1, 2, 3, 500]) {
    const rows = pagesOf(hub, limit).flat();
    expect(rows.map(({ id, version }) => `${id} ${version}`)).toEqual(whole);
    expect(new Set(rows.map(({ event }) => event)).size).toBe(1);
  }
});

test('of ids whose latest version the same event tells, only those of the page are read', () => {
  const { hub } = newHub();
  importFleet(hub, { devices: [{ deviceId: 'a' }] }, { replace: true });
  const versions = [...hub.history.list('a')];
  let read = 0;
  const lists = devices(1000).map(({ deviceId: key }) => ({
    key,
    value: VersionList.ofAll(
      new UnreadVersions(() => {
        read++;
        return versions;
      }),
      1,
      { bytes: 0, event: versions[0]?.event ?? 0, number: 1 },
    ),
  }));
  expect(latestVersions(lists, (list) => list, { limit: 10 }).map(({ key }) => key)).toEqual(
    devices(10).map(({ deviceId }) => deviceId),
  );
  expect(read).toBe(10);
});

test('what becomes of an id is told: created, changed, deleted, and created again', () => {
  const { hub } = newHub({ history: 2 });
  hub.registry.create({ deviceId: 'a' }, {});
  hub.twins.report('a', { celsius: 20 });
  hub.registry.delete({ deviceId: 'a' }, '*');
  const kinds = () => renderLatest(hub.history, { limit: 100 }).map(({ version, what }) => `${version} ${what}`);
  // of version 2, the one before is not kept
  expect(kinds()).toEqual(['3 deleted', '2 changed']);
  hub.registry.create({ deviceId: 'a' }, {});
  expect(kinds()).toEqual(['4 created', '3 deleted']);
});
