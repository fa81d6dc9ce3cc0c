// node build.mjs                              builds the package into dist/
// node build.mjs --out FOLDER                 … or into another folder
// node build.mjs [--out FOLDER] --pack FOLDER … and packs it into a file, whose name it prints

import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle, bundleModules, ROOT } from './build/bundle.mjs';
import { writeDeclarations } from './build/declarations.mjs';
import { noticesOf } from './build/notices.mjs';
import { pack } from './build/package.mjs';
import { buildPage } from './build/page.mjs';

const { values: options } = parseArgs({ options: { out: { type: 'string' }, pack: { type: 'string' } } });
const DIST = options.out === undefined ? join(ROOT, 'dist') : resolve(options.out);
const require = createRequire(import.meta.url);

/**
 * What a `require` gets that is not Node's own, which takes ES modules: jest's, for one. It leaves the sandbox for a `require`
 * that does; the module lives outside then, once for all test files.
 */
const NATIVE = `'use strict';

const { createRequire } = require('node:vm').runInThisContext('process').getBuiltinModule('node:module');
module.exports = createRequire(__filename)(__filename.replace(/\\.cjs$/, '.js'));
`;

/** In the package alasql and the page are beside the modules that read them, in the folder `path` from there. */
const filesIn = (path) => ({
  name: 'files',
  setup(build) {
    build.onLoad({ filter: /emulator[\\/]alasql[\\/]file\.ts$/ }, () => ({
      loader: 'ts',
      contents: `import { fileURLToPath } from 'node:url';
        export const alasqlFile = () => fileURLToPath(new URL('${path}/alasql.cjs', import.meta.url));`,
    }));
    build.onLoad({ filter: /lessons[\\/]folder\.ts$/ }, () => ({
      loader: 'ts',
      contents: `import { fileURLToPath } from 'node:url';
        export const lessonsFolder = () => fileURLToPath(new URL('${path}/lessons', import.meta.url));`,
    }));
    build.onLoad({ filter: /admin[\\/]page[\\/]folder\.ts$/ }, () => ({
      loader: 'ts',
      contents: `import { fileURLToPath } from 'node:url';
        export const pageFolder = () => fileURLToPath(new URL('${path}/page', import.meta.url));`,
    }));
  },
});

const buildAll = async () => {
  rmSync(DIST, { recursive: true, force: true });
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const entries = entriesOf(exports);
  const [modules, commands, declared] = [
    await bundleModules(entries, DIST, { plugins: [filesIn('.')] }),
    await buildCommand(),
    await writeDeclarations(entries, DIST),
  ];
  for (const name of Object.keys(entries)) writeFileSync(join(DIST, `${name}.cjs`), NATIVE);
  copyFileSync(join(ROOT, 'emulator/intercept/node/preload.cjs'), join(DIST, 'preload.cjs'));
  cpSync(join(ROOT, 'scenarios/lessons'), join(DIST, 'lessons'), { recursive: true });
  const parts = await ofTheSources();
  writeAlasql(parts);
  writeSchema(parts);
  const files = [modules, ...commands].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const page = await buildPage(join(DIST, 'page'));
  const declaredIn = declared.map((file) => relative(ROOT, file));
  writeFileSync(
    join(DIST, 'THIRD-PARTY-NOTICES'),
    noticesOf([...files, ...declaredIn, ...page, 'node_modules/alasql/dist/alasql.js']),
  );
};

/** `device` and its source for the export `./device`. */
const entriesOf = (exports) =>
  Object.fromEntries(
    Object.entries(exports)
      .filter(([, { source }]) => source !== undefined)
      .map(([path, { source }]) => [path === '.' ? 'index' : path.slice(2), source]),
  );

const buildCommand = async () => {
  mkdirSync(join(DIST, 'cli'), { recursive: true });
  for (const file of ['iothub-emulator.cjs', 'bundle.cjs'])
    copyFileSync(join(ROOT, 'emulator/cli', file), join(DIST, 'cli', file));
  chmodSync(join(DIST, 'cli/iothub-emulator.cjs'), 0o755);
  copyFileSync(join(ROOT, 'emulator/intercept/node/preload.cjs'), join(DIST, 'cli/preload.cjs'));
  const minified = { minifyWhitespace: true, minifySyntax: true };
  const parts = PARTS.map((name) => bundle(require.resolve(name), join(DIST, 'cli', fileOf(name)), minified));
  const main = bundle('emulator/cli/main.ts', join(DIST, 'cli/main.cjs'), {
    ...minified,
    plugins: [filesIn('..'), apart],
  });
  return Promise.all([main, ...parts]);
};

/** Packages that a start does not need: the command loads them from files of their own. */
const PARTS = ['fastify', 'undici', 'yaml', '@peculiar/x509'];
const fileOf = (name) => `${name.replace(/.*[/]/, '')}.cjs`;
const apart = {
  name: 'apart',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(?:${PARTS.join('|')})$`) }, ({ path }) => ({
      path: `./${fileOf(path)}`,
      external: true,
    }));
  },
};

/** What of the sources is needed for building. */
const ofTheSources = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'iothub-emulator-build-'));
  try {
    for (const name of ['options', 'alasql/load']) await bundle(`emulator/${name}.ts`, join(folder, `${name}.cjs`));
    return { ...require(join(folder, 'options.cjs')), ...require(join(folder, 'alasql/load.cjs')) };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** alasql without what is not used of it. */
const writeAlasql = ({ withoutParser }) => {
  const source = readFileSync(require.resolve('alasql'), 'utf8');
  const { code } = require('esbuild').transformSync(withoutParser(source), {
    minifyWhitespace: true,
    minifySyntax: true,
    charset: 'ascii',
    legalComments: 'none',
  });
  writeFileSync(join(DIST, 'alasql.cjs'), code);
};

const writeSchema = ({ configSchema }) => {
  const schema = `${JSON.stringify(configSchema(), null, 2)}\n`;
  writeFileSync(join(DIST, 'config.schema.json'), schema);
  if (options.out === undefined) writeFileSync(join(ROOT, 'docs/config.schema.json'), schema);
};

await buildAll();
if (options.pack !== undefined) console.log(pack(DIST, options.pack));
