import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { stories as all } from '../../scenarios/stories/index.ts';
import { Stage, type Story } from '../../scenarios/story.ts';
import { Bench } from '../support/hub/bench.ts';
import { countAnew, standStill } from '../support/hub/same-again.ts';
import { runs } from '../support/runs.ts';

vi.mock('node:crypto', async (original) => (await import('../support/hub/same-again.ts')).counting(await original()));

// in process, without a network
const stories = all.filter(({ isConnected }) => !isConnected);

const now = standStill();

test.each(stories)('told twice in process with one seed, the same happens: $title', async (story) => {
  const first = await told(story);
  expect(first.events.length).toBeGreaterThan(1);
  expect(await told(story)).toEqual(first);
});

// fast-check prints its seed when it fails
test.each(stories)('taken up from a snapshot at any point, it ends the same: $title', async (story) => {
  const whole = await told(story);
  const moments = fc.array(fc.integer({ min: 2, max: whole.turns }), { minLength: runs(3), maxLength: runs(3) });
  await fc.assert(
    fc.asyncProperty(moments, async (cuts) => {
      for (const cut of cuts) {
        expect((await told(story, cut)).state).toBe(whole.state);
      }
    }),
    { numRuns: 1 },
  );
});

/** What a hub was when a story had ended, and all that happened; `cut`: the turn from which on another hub goes on with it. */
const told = async (story: Story, cut?: number) => {
  countAnew();
  await using bench = await Bench.open(now, cut);
  const stage = new Stage(bench.world, () => {});
  await story.tell(stage);
  const { state, turns } = bench;
  await stage.clear();
  if (cut !== undefined) expect(turns).toBeGreaterThanOrEqual(cut);
  return { state, turns, events: bench.events.map((event) => JSON.stringify(event)) };
};
