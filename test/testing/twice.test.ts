import { startForTests, TestHub } from 'iothub-emulator/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { VirtualClock } from '../../emulator/hub/clock.ts';
import { ours } from '../../scenarios/ours.ts';
import { stories } from '../../scenarios/stories/index.ts';
import { tell } from '../../scenarios/story.ts';

// the names that stories and clients make up are no doing of the hub: here they are counted
const made = vi.hoisted(() => ({ count: 0 }));
vi.mock('node:crypto', async (original) => ({
  ...(await original<typeof import('node:crypto')>()),
  randomUUID: () => {
    made.count += 1;
    return `00000000-0000-4000-8000-${String(made.count).padStart(12, '0')}`;
  },
}));

// apps that ask what time it is ask the machine: it stands still as well
const now = Date.now();
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now }));
afterAll(() => void vi.useRealTimers());

test.each(stories)('told twice with one seed, the same happens at the same time: $title', async (story) => {
  const first = await told(story);
  expect(await told(story)).toEqual(first);
});

/** The hub's events during a story. */
const told = async (story: (typeof stories)[number]) => {
  made.count = 0;
  await using emulator = await startForTests({ clock: new VirtualClock(now), randomSeed: 42 });
  await using iotHub = new TestHub(emulator);
  const { clock, events } = emulator.hub;
  // what is due at once, such as a job, runs at once
  events.listen(() => queueMicrotask(() => clock instanceof VirtualClock && clock.settle()));
  await tell(story, { sdk: ours, transport: 'MQTT', connectionString: iotHub.connectionString(), patience: 0 });
  await iotHub.settle();
  return iotHub.heard().map((event) => JSON.parse(JSON.stringify(event)));
};
