import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** What is common to all bundles of this checkout's sources. */
const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  conditions: ['source'],
  // what ws and others try to load and do without
  external: ['bufferutil', 'utf-8-validate'],
  // THIRD-PARTY-NOTICES has the whole texts
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};

/** Bundles `entry` with all it needs into one CommonJS file, so that Node reads one file and not a thousand. */
export const bundle = async (entry, outfile, options = {}) => {
  const { build } = await import('esbuild');
  return build({
    ...COMMON,
    entryPoints: [resolve(ROOT, entry)],
    outfile,
    format: 'cjs',
    // code that was loaded from V8's cache has no loader for import()
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__url' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
    ...options,
    plugins: [oneLanguage, ...(options.plugins ?? [])],
  });
};

/** Bundles `entries` (name to file) into ES modules that share what they have in common, all in one folder. */
export const bundleModules = async (entries, outdir, { plugins = [] } = {}) => {
  const { build } = await import('esbuild');
  return build({
    ...COMMON,
    entryPoints: entries,
    outdir,
    format: 'esm',
    splitting: true,
    minifyWhitespace: true,
    minifySyntax: true,
    chunkNames: 'shared-[hash]',
    // for CommonJS packages inside
    banner: { js: "import { createRequire as __from } from 'node:module'; const require = __from(import.meta.url);" },
    plugins: [oneLanguage, ...plugins],
  });
};

/** zod's messages in fifty languages, of which one is used here: a tenth of the bundle. */
const oneLanguage = {
  name: 'one-language',
  setup(build) {
    const contents = "export { default as en } from './en.js';";
    build.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.(c?js)$/ }, ({ path }) => ({
      contents,
      resolveDir: dirname(path),
    }));
  },
};

/** Modules find files beside them as if they had not been bundled. */
export const inPlace = {
  name: 'in-place',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      const text = readFileSync(path, 'utf8');
      if (!text.includes('import.meta.url')) return undefined;
      return { loader: 'ts', contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)) };
    });
  },
};
