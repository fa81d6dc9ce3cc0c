import { expect, test } from 'vitest';
import type { Hub } from '../../emulator/hub/hub.ts';
import { clearFleet, importFleet } from '../../emulator/hub/snapshots/fleet-document.ts';
import { restoreSnapshot, takeSnapshot } from '../../emulator/hub/snapshots/snapshot.ts';
import { VirtualClock } from '../../emulator/kernel/clock.ts';
import { newHub, newSession } from '../support/hub/hub.ts';

const advance = ({ clock }: Hub): void => {
  if (clock instanceof VirtualClock) clock.advance(5000);
};

// each of these changes what a page shows or a test waits for
test.each<[string, (hub: Hub) => unknown, readonly object[]]>([
  [
    'an import',
    (hub) => importFleet(hub, { devices: [{ deviceId: 'b' }] }, { replace: true }),
    [{ type: 'hub.cleared' }, { type: 'hub.imported', devices: 1, modules: 0, jobs: 0 }],
  ],
  ['a clear', (hub) => clearFleet(hub), [{ type: 'hub.cleared' }]],
  ['a restore', (hub) => restoreSnapshot(hub, takeSnapshot(hub)), [{ type: 'hub.restored' }]],
  [
    'a model id',
    (hub) => hub.sessions.open(newSession('a').session, { resume: false, modelId: 'dtmi:a;1' }),
    [
      { type: 'twin.model-announced', key: 'a', modelId: 'dtmi:a;1' },
      { type: 'session.opened', key: 'a' },
    ],
  ],
  [
    'a fault',
    (hub) => hub.faults.remove(hub.faults.add({ match: {}, effect: { type: 'drop' } })),
    [
      { type: 'fault.added', rule: 'fault-1', effect: { type: 'drop' } },
      { type: 'fault.removed', rule: 'fault-1' },
    ],
  ],
  ['a reset of faults', (hub) => hub.faults.reset(), [{ type: 'fault.reset', rules: 0 }]],
  [
    'a lag of queries, and its end',
    (hub) => {
      hub.indexLag.change('manual');
      hub.twins.patch('a', { tags: { x: 1 } });
      hub.indexLag.release();
    },
    [
      { type: 'index.lag-changed', lag: 'manual' },
      { type: 'twin.updated', key: 'a' },
      { type: 'index.released', writes: 1 },
    ],
  ],
  ['a virtual clock that is advanced', advance, [{ type: 'clock.advanced', ms: 5000 }]],
])('%s is told by an event', (_, act, expected) => {
  const { hub, events } = newHub();
  hub.registry.create({ deviceId: 'a' }, {});
  events.length = 0;
  act(hub);
  expect(events).toMatchObject(expected);
  expect(events).toHaveLength(expected.length);
});
