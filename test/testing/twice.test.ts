import { startForTests, TestHub } from 'iothub-emulator/testing';
import { expect, test, vi } from 'vitest';
import { VirtualClock } from '../../emulator/kernel/clock.ts';
import { ours } from '../../scenarios/ours.ts';
import { stories } from '../../scenarios/stories/index.ts';
import { tell } from '../../scenarios/story.ts';
import { countAnew, standStill } from '../support/hub/same-again.ts';

vi.mock('node:crypto', async (original) => (await import('../support/hub/same-again.ts')).counting(await original()));

const now = standStill();

test.each(stories)('told twice with one seed, the same happens at the same time: $title', async (story) => {
  const first = await told(story);
  expect(await told(story)).toEqual(first);
});

/** The hub's events during a story. */
const told = async (story: (typeof stories)[number]) => {
  countAnew();
  await using emulator = await startForTests({ clock: new VirtualClock(now), randomSeed: 42 });
  await using iotHub = new TestHub(emulator);
  const { clock, events } = emulator.hub;
  // what is due at once, such as a job, runs at once
  events.listen(() => queueMicrotask(() => clock instanceof VirtualClock && clock.settle()));
  await tell(story, { sdk: ours, transport: 'MQTT', connectionString: iotHub.connectionString(), queryLagSeconds: 0 });
  await iotHub.settle();
  // every emulator has a port of its own, which is part of the address of a file
  const sameName = (text: string): string => text.replace(/p\d+\.hub\.localhost/g, 'localhost');
  return iotHub.events().map((event) => JSON.parse(sameName(JSON.stringify(event))));
};
