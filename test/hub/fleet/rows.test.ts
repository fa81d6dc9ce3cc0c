import { expect, test } from 'vitest';
import { Member, Presence } from '../../../emulator/hub/fleet/member.ts';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { importFleet } from '../../../emulator/hub/snapshots/fleet-document.ts';
import { Section, Twin } from '../../../emulator/hub/twins/twin.ts';
import { newHub } from '../../support/hub/hub.ts';

// an object literal in one of these places would be allocated among old objects, see Member
const writes: readonly (readonly [name: string, write: (hub: Hub) => void])[] = [
  ['a registration', () => {}],
  ['a new identity', (hub) => void hub.registry.replace({ deviceId: 'd1' }, { status: 'disabled' }, '*')],
  ['a report', (hub) => void hub.twins.report('d1', { a: { b: 1 } })],
  [
    'tags and desired properties',
    (hub) => void hub.twins.patch('d1', { tags: { a: 1 }, properties: { desired: { a: 1 } } }),
  ],
  ['a model', (hub) => hub.twins.announceModel('d1', 'dtmi:com:example:Thermostat;1')],
  [
    'a message that waits',
    (hub) => void hub.inbox.enqueue('d1', { body: new Uint8Array(), properties: {}, system: {} }),
  ],
  ['an import', (hub) => void importFleet(hub, { devices: [{ deviceId: 'd1' }] }, { replace: true })],
  ['rows from a folder', (hub) => reload(hub)],
];

/** As a folder is read. */
const reload = (hub: Hub): void => {
  const { fromJson, toJson, entries, load } = hub.changes.space('devices');
  for (const { key, value, place } of [...entries()]) load({ key, value: fromJson(toJson(value)), place });
};

test.each(writes)('%s makes rows, twins and sections of their classes', (_name, write) => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  write(hub);
  const row = hub.fleet.get('d1');
  const { twin, presence } = row;
  expect([row, twin, twin.desired, twin.reported, presence].map((part) => part.constructor)).toEqual([
    Member,
    Twin,
    Section,
    Section,
    Presence,
  ]);
});
