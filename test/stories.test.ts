import { startEmulator } from 'iothub-emulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stories } from '../scenarios/stories/index.ts';
import { tell } from '../scenarios/story.ts';
import { NODE_EDITION } from '../scenarios/tutorial/node-edition.ts';
import { runSteps } from '../scenarios/tutorial/steps.ts';
import { CAST, emulatedHub, givenHub, type HubUnderTest, worldOf } from '../scenarios/worlds.ts';

const given = givenHub();
const hubs = [
  { where: 'the emulator', open: emulatedHub },
  ...(given === undefined ? [] : [{ where: 'the hub of IOTHUB_CONNECTION_STRING', open: async () => given }]),
];

describe.each(hubs)('on $where', ({ open }) => {
  let hub: HubUnderTest;
  beforeAll(async () => {
    hub = await open();
  });
  afterAll(() => hub?.close());

  describe.each(CAST)('$sdk.name over $transport', (cast) => {
    test.each(stories)('$title', (story) => tell(story, worldOf(cast, hub)), 120_000);
  });
});

test('the Node edition of the tutorial finds the device by its tag, and by its reported property once it has one', async () => {
  await using emulator = await startEmulator({ ports: 'random', devices: ['workshop-7'] });
  expect(await runSteps(NODE_EDITION, { ...process.env, ...emulator.env() })).toEqual({
    before: { inPlant: true, onCellular: false },
    after: { inPlant: true, onCellular: true },
  });
});
