import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(fileURLToPath(import.meta.url));

/** Bundles `entry` with all it needs into one CommonJS file, so that Node reads one file and not a thousand. */
export const bundle = async (entry, outfile, options = {}) => {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(ROOT, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    conditions: ['source'],
    // what ws and others try to load and do without
    external: ['bufferutil', 'utf-8-validate'],
    // code that was loaded from V8's cache has no loader for import()
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__url' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
    absWorkingDir: ROOT,
    ...options,
    plugins: [oneLanguage, ...(options.plugins ?? [])],
  });
};

/** zod's messages in fifty languages, of which one is spoken here: a tenth of the bundle. */
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

/**
 * What a `require` gets that is not Node's own, which takes ES modules: jest's, for one. It leaves the sandbox for a `require`
 * that does; the module lives outside then, once for all test files.
 */
const NATIVE = `'use strict';

const { createRequire } = require('node:vm').runInThisContext('process').getBuiltinModule('node:module');
module.exports = createRequire(__filename)(__filename.replace(/\\.cjs$/, '.js'));
`;

const buildAll = async () => {
  const dist = join(ROOT, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const tsc = fileURLToPath(import.meta.resolve('typescript/package.json'));
  execFileSync(process.execPath, [join(dirname(tsc), 'bin/tsc'), '-p', 'tsconfig.build.json'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  mkdirSync(join(dist, 'cli'), { recursive: true });
  await bundle('emulator/cli/main.ts', join(dist, 'cli/main.cjs'), { minifyWhitespace: true, minifySyntax: true });
  for (const file of ['iothub-emulator.cjs', 'bundle.cjs'])
    copyFileSync(join(ROOT, 'emulator/cli', file), join(dist, 'cli', file));
  for (const folder of ['cli', 'emulator/intercept'])
    copyFileSync(join(ROOT, 'emulator/intercept/preload.cjs'), join(dist, folder, 'preload.cjs'));
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  for (const { require } of Object.values(exports))
    if (require !== undefined) writeFileSync(join(ROOT, require), NATIVE);
  const { configSchema } = await import('./dist/emulator/options.js');
  const schema = `${JSON.stringify(configSchema(), null, 2)}\n`;
  for (const file of ['dist/config.schema.json', 'docs/config.schema.json']) writeFileSync(join(ROOT, file), schema);
};

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await buildAll();
