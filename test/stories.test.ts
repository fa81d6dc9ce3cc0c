import { afterAll, beforeAll, describe, test } from 'vitest';
import { stories } from '../scenarios/stories/index.ts';
import { tell } from '../scenarios/story.ts';
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
