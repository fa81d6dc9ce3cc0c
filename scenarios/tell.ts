// Runs the stories whose title contains the given words, and prints their facts.

import { stories } from './stories/index.ts';
import { tell } from './story.ts';
import { CAST, emulatedHub, givenHub, worldOf } from './worlds.ts';

const words = process.argv.slice(2).join(' ').toLowerCase();
const chosen = stories.filter(({ title }) => title.toLowerCase().includes(words));
if (chosen.length === 0)
  console.error(
    ['No story has these words in its title. The stories are:', ...stories.map(({ title }) => title)].join('\n  '),
  );
const hub = givenHub() ?? (await emulatedHub());
try {
  for (const story of chosen)
    for (const cast of CAST) {
      console.log(`\n${story.title} (${cast.sdk.name}, ${cast.transport})`);
      await tell(story, worldOf(cast, hub), (line) => console.log(`  - ${line}`));
    }
} finally {
  await hub.close();
}
