// Runs the sources without a bundle, for `npm run dev`.

import { launch } from './main.ts';

await launch(process.argv.slice(2));
