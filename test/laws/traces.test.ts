import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Hub } from '../../emulator/hub/hub.ts';
import { exportFleet } from '../../emulator/hub/snapshots/fleet-document.ts';
import { rowsOf } from '../../emulator/hub/trace/beginning.ts';
import { Player } from '../../emulator/hub/trace/player.ts';
import { Recorder } from '../../emulator/hub/trace/recorder.ts';
import { canonicalText, MASK, maskedText, type TraceLine } from '../../emulator/hub/trace/trace.ts';
import { newHub } from '../support/hub/hub.ts';
import { type Step, talking, writing } from '../support/hub/steps.ts';
import { delivering } from '../support/hub/steps-of-messages.ts';
import { anything } from '../support/hub/steps-of-operators.ts';
import { runs } from '../support/runs.ts';

type World = ReturnType<typeof newHub>;

const take = async (world: World, steps: readonly Step[]): Promise<void> => {
  for (const step of steps) {
    try {
      await step(world);
    } catch {
      // a refusal is part of the run
    }
  }
};

/** The export, and every row of every room, without its place: a hub that was filled counts places again. */
const textOf = (hub: Hub): string => {
  hub.usage.flush(); // what was counted is written later
  const rows = Array.from(rowsOf(hub), (line) => canonicalText('row' in line ? line.row.slice(0, 3) : line));
  return [maskedText(exportFleet(hub)), ...rows.sort()].join('\n');
};

const replayed = (lines: readonly string[]) => {
  const world = newHub({ derive: () => MASK, tier: { name: 'S1', units: 1 } });
  const player = new Player(world.hub, world.clock);
  for (const line of lines) player.play(JSON.parse(line) as TraceLine);
  player.finish();
  return { player, text: textOf(world.hub) };
};

const recorded = async (before: readonly Step[], after: readonly Step[]) => {
  const world = newHub({ tier: { name: 'S1', units: 1 } });
  await take(world, before);
  world.hub.indexLag.release(); // a trace begins with what queries see
  const lines: string[] = [];
  const recorder = new Recorder(world.hub, { by: 'test', options: {}, write: (line) => lines.push(line) });
  await take(world, after);
  recorder.stop();
  return { lines, text: textOf(world.hub), keys: keysOf(world.hub) };
};

/** The keys of all devices that were not given, as a service app reads them. */
const keysOf = (hub: Hub): string[] =>
  Array.from(hub.fleet.devices.rows(), ({ identity }) => identity.authentication.primaryKey ?? '').filter(
    (key) => key !== '' && key !== MASK,
  );

const steps = (of: fc.Arbitrary<Step>, maxLength = 40) => fc.array(of, { maxLength, size: 'max' });

test.each([
  ['services and devices without a connection', writing, writing],
  ['connections, methods and faults', talking, talking],
  ['messages', delivering, delivering],
  ['everything', anything, anything],
])(
  'a trace from any moment gives the same events and the same export: %s',
  async (_, first, then) => {
    await fc.assert(
      fc.asyncProperty(steps(first), steps(then), async (before, after) => {
        const { lines, text, keys } = await recorded(before, after);
        expect(keys.filter((key) => lines.some((line) => line.includes(key)))).toEqual([]);
        const { player, text: again } = replayed(lines);
        expect(player.deviation).toBeUndefined();
        expect(again).toBe(text);
      }),
      { numRuns: runs(100) },
    );
  },
  120_000,
);
