import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exportFleet } from '../../emulator/hub/snapshots/fleet-document.ts';
import { restoreSnapshot, type Snapshot, takeSnapshot } from '../../emulator/hub/snapshots/snapshot.ts';
import { newHub, refusal } from '../support/hub/hub.ts';
import { rowsOfPresent } from '../support/hub/mirror.ts';
import { talking, writing } from '../support/hub/steps.ts';
import { runs } from '../support/runs.ts';

/** Goes on when a snapshot is restored: what was used stays used. */
const METERS = ['usage', 'throttles'];

/** All that a hub is, as text. */
const stateOf = ({ hub, clock }: ReturnType<typeof newHub>): string =>
  JSON.stringify([
    clock.now(),
    exportFleet(hub),
    (rowsOfPresent(hub) as [string, unknown][]).filter(([space]) => !METERS.includes(space)),
  ]);

test('the same seed and the same operations give the same events, ids and state', () => {
  fc.assert(
    fc.property(fc.array(talking, { maxLength: 40, size: 'max' }), (steps) => {
      const run = () => {
        const world = newHub();
        const refusals = steps.map((step) => refusal(() => void step(world)));
        return { state: stateOf(world), events: JSON.stringify(world.events), refusals };
      };
      expect(run()).toEqual(run());
    }),
    { numRuns: runs(150) },
  );
});

test('a run that is taken up from a snapshot, at any moment, ends where it would have ended', () => {
  fc.assert(
    fc.property(
      fc.array(writing, { minLength: 4, maxLength: 40, size: 'max' }),
      fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
      (steps, moments) => {
        const cuts = moments.map((moment) => moment % steps.length);
        const world = newHub();
        const kept = new Map<number, { snapshot: Snapshot; at: number }>();
        steps.forEach((step, index) => {
          if (cuts.includes(index)) kept.set(index, { snapshot: takeSnapshot(world.hub), at: world.clock.now() });
          refusal(() => void step(world));
        });
        for (const [index, { snapshot, at }] of kept) {
          const later = newHub();
          later.clock.advance(at - later.clock.now());
          restoreSnapshot(later.hub, snapshot);
          for (const step of steps.slice(index)) refusal(() => void step(later));
          expect(stateOf(later)).toBe(stateOf(world));
        }
      },
    ),
    { numRuns: runs(100) },
  );
});
