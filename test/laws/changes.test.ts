import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownStorage } from '../../emulator/blobs/own-storage.ts';
import type { HubChange, HubSpaces } from '../../emulator/hub/changes.ts';
import type { Hub } from '../../emulator/hub/hub.ts';
import type { BlobTransfer } from '../../emulator/hub/import-export/import-export-jobs.ts';
import { exportFleet } from '../../emulator/hub/snapshots/fleet-document.ts';
import { keepSent, newEgress } from '../support/hub/egress.ts';
import { ACCOUNT } from '../support/hub/files.ts';
import { newHub } from '../support/hub/hub.ts';
import { copyRows, mirror, rowsOf } from '../support/hub/mirror.ts';
import { type Step, writing } from '../support/hub/steps.ts';
import { uploading } from '../support/hub/steps-of-files.ts';
import { messaging } from '../support/hub/steps-of-messages.ts';
import { anything } from '../support/hub/steps-of-operators.ts';
import { commands } from '../support/model/hub-commands.ts';
import { Model } from '../support/model/hub-model.ts';
import { World } from '../support/model/hub-world.ts';
import { planted, runs } from '../support/runs.ts';

const blobTransfer: BlobTransfer = { check: () => Promise.resolve(), transfer: () => () => {} };

/** `interval`: ms between evaluations of configurations. */
const newWorld = (interval = 0) => {
  const { egress, sent } = newEgress();
  const world = newHub({
    blobTransfer,
    fileStorage: ownStorage(ACCOUNT),
    configurationInterval: interval,
    egress,
    tier: { name: 'S1', units: 1 },
  });
  return keepSent(world, sent);
};

/** Devices to begin with, so that most steps find one. */
const stock: readonly Step[] = ['a', 'b', 'c'].map(
  (deviceId): Step =>
    ({ hub }) =>
      hub.registry.create({ deviceId }, {}),
);

const run = async (world: ReturnType<typeof newHub>, steps: readonly Step[]): Promise<void> => {
  for (const step of steps) {
    try {
      await step(world);
    } catch {
      // a refusal changes nothing, or is told
    }
  }
};

const steps = (of: fc.Arbitrary<Step>) =>
  fc.array(of, { maxLength: 60, size: 'max' }).map((sequence) => [...stock, ...sequence]);
const interval = fc.constantFrom(0, 600_000);

/** A second hub that gets nothing but the changes of the first one becomes the same; `plant` may make a mistake. */
const equality = (plant: (hub: Hub) => void = () => {}) =>
  fc.asyncProperty(steps(anything), interval, async (sequence, ms) => {
    const [first, second] = [newWorld(ms), newWorld(ms)];
    plant(first.hub);
    mirror(first.hub, second.hub);
    await run(first, sequence);
    expect(rowsOf(second.hub)).toEqual(rowsOf(first.hub));
    expect(exportFleet(second.hub)).toEqual(exportFleet(first.hub));
  });

test('a hub that is fed the changes of another one equals it, row for row, whatever is done', async () => {
  await fc.assert(equality(), { numRuns: runs(300) });
}, 120_000);

test('the same holds for everything that the model of the hub does', () => {
  fc.assert(
    fc.property(commands, (sequence) => {
      const second = newWorld();
      const real = new World((hub) => void mirror(hub, second.hub));
      fc.modelRun(() => ({ model: new Model(), real }), sequence);
      expect(rowsOf(second.hub)).toEqual(rowsOf(real.hub));
      expect(exportFleet(second.hub)).toEqual(exportFleet(real.hub));
    }),
    { numRuns: runs(100) },
  );
}, 120_000);

test('a full copy and the changes since give the same hub', async () => {
  await fc.assert(
    fc.asyncProperty(steps(anything), steps(anything), interval, async (before, after, ms) => {
      const [first, second] = [newWorld(ms), newWorld(ms)];
      await run(first, before);
      copyRows(first.hub, second.hub);
      mirror(first.hub, second.hub);
      await run(first, after);
      expect(rowsOf(second.hub)).toEqual(rowsOf(first.hub));
    }),
    { numRuns: runs(100) },
  );
}, 120_000);

test('changes that a full copy already holds do no harm', async () => {
  await fc.assert(
    fc.asyncProperty(steps(anything), steps(anything), interval, async (before, after, ms) => {
      const [first, second] = [newWorld(ms), newWorld(ms)];
      const told: HubChange[] = [];
      await run(first, before.slice(0, 10));
      first.hub.changes.listen((change) => told.push(change));
      await run(first, before.slice(10));
      copyRows(first.hub, second.hub);
      await run(first, after);
      for (const change of told) second.hub.changes.load(change);
      expect(rowsOf(second.hub)).toEqual(rowsOf(first.hub));
    }),
    { numRuns: runs(200) },
  );
}, 120_000);

/** Written forms of equal versions may differ, by what they share: test/laws/history.test.ts compares what they say. */
const withoutHistory = (hub: Hub) => {
  const rows = rowsOf(hub);
  return Array.isArray(rows) ? rows.filter((space) => !Array.isArray(space) || space[0] !== 'history') : rows;
};

test('a hub that was filled from changes goes on as the first one does', async () => {
  await fc.assert(
    fc.asyncProperty(
      steps(fc.oneof(writing, messaging, uploading)),
      steps(fc.oneof(writing, messaging, uploading)),
      interval,
      async (before, after, ms) => {
        const [first, second] = [newWorld(ms), newWorld(ms)];
        const stop = mirror(first.hub, second.hub);
        await run(first, before);
        first.hub.usage.flush();
        stop();
        second.hub.resume();
        // versions have the numbers of events, of which most change no row
        first.hub.events.goOnAfter(second.hub.events.sequence);
        second.hub.events.goOnAfter(first.hub.events.sequence);
        for (const world of [first, second]) await run(world, after);
        expect(withoutHistory(second.hub)).toEqual(withoutHistory(first.hub));
      },
    ),
    { numRuns: runs(100) },
  );
}, 120_000);

const SPACES: readonly (keyof HubSpaces)[] = newWorld().hub.changes.spaces.map(({ name }) => name as keyof HubSpaces);

test.each(planted(SPACES))('the law notices a room that changes %s without publishing it', async (name) => {
  const silent = (hub: Hub): void => {
    hub.changes.space(name).setListener = () => {};
  };
  const { failed } = await fc.check(equality(silent), { numRuns: 3_000, endOnFailure: true });
  expect(failed).toBe(true);
});

test('the law notices a row that is changed in place', async () => {
  const mutating = ({ twins, registry }: Hub): void => {
    const report = twins.report.bind(twins);
    twins.report = (key, patch, expectedVersion) => {
      Object.assign(registry.get(key).identity, { statusReason: 'changed in place' });
      return report(key, patch, expectedVersion) + Object.assign(registry.get(key).twin, { version: 99 }).version;
    };
  };
  const { failed } = await fc.check(equality(mutating), { numRuns: 300, endOnFailure: true });
  expect(failed).toBe(true);
});
