import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { readDifferences } from './emulator/explorer/text/differences.ts';

/** What most places need: one file beside the frame's. The editor and the charts are files of their own. */
const SHARED =
  /node_modules\/(?:preact|@preact|@tanstack|tinykeys)\/|explorer\/(?:api|parts|state|text|url)\/(?!editor|draw-chart|query-language|sas|cbor)|protocol\/json/;

const DIFFERENCES = 'virtual:differences';

/** The page says what docs/differences.md says. */
const differences: Plugin = {
  name: 'differences',
  resolveId: (id) => (id === DIFFERENCES ? `\0${id}` : undefined),
  load(id) {
    if (id !== `\0${DIFFERENCES}`) return undefined;
    const markdown = readFileSync(new URL('docs/differences.md', import.meta.url), 'utf8');
    return `export default ${JSON.stringify(readDifferences(markdown))};`;
  },
};

/** The page of the emulator: plain files that the admin port serves. */
export default defineConfig({
  root: 'emulator/explorer',
  base: '/',
  plugins: [differences],
  build: {
    outDir: '../../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    // the content security policy allows no data: addresses
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', test: SHARED }] } } },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
