// Tells the stories whose title has the given words, and prints them as prose.

import { stories } from './stories/index.ts';
import { tell } from './story.ts';
import { CAST, emulatedHub, givenHub, worldOf } from './worlds.ts';

const words = process.argv.slice(2).join(' ').toLowerCase();
const hub = givenHub() ?? (await emulatedHub());
try {
  for (const story of stories.filter(({ title }) => title.toLowerCase().includes(words)))
    for (const cast of CAST) {
      console.log(`\n${story.title} (${cast.sdk.name}, ${cast.transport})`);
      await tell(story, worldOf(cast, hub), (line) => console.log(`  - ${line}`));
    }
} finally {
  await hub.close();
}
