import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replay } from '../../emulator/traces/replay.ts';
import { stories } from '../../scenarios/stories/index.ts';
import { tell } from '../../scenarios/story.ts';
import { CAST, emulatedHub, worldOf } from '../../scenarios/worlds.ts';

test.each(CAST)(
  'every story of $sdk.name over $transport is replayed to the same events and the same export',
  async (cast) => {
    const record = join(mkdtempSync(join(tmpdir(), 'stories-')), 'stories.trace');
    const hub = await emulatedHub({ record });
    for (const story of stories) await tell(story, worldOf(cast, hub));
    await hub.close();
    const whole = await replay(record, { compares: true });
    expect(whole.deviation).toBeUndefined();
    expect([whole.stopped, whole.isEqual]).toEqual(['end', true]);
    expect(whole.inputs).toBeGreaterThan(100);
  },
  240_000,
);
