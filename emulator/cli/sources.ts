// Runs the sources as they are, for `npm run dev`.

import { launch } from './main.ts';

await launch(process.argv.slice(2));
