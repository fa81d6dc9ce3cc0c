import { defineConfig } from 'vite';

/** What most places need: one file beside the frame's. The editor and the charts are files of their own. */
const SHARED =
  /node_modules\/(?:preact|@preact|@tanstack|tinykeys)\/|explorer\/(?:api|parts|state|text|url)\/(?!editor|draw-chart|query-language|sas|cbor)|protocol\/json/;

/** The page of the emulator: plain files that the admin port serves. */
export default defineConfig({
  root: 'emulator/explorer',
  base: '/',
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
