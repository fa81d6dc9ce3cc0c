import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bundle.mjs';

/**
 * Writes the type declarations of `entries` (name to file) into `folder`: for ES modules (`.d.ts`) and for CommonJS (`.d.cts`),
 * https://www.typescriptlang.org/docs/handbook/modules/reference.html#node16-nodenext. They hold all that they need but
 * Node's own types, so that the package has no dependencies. Gives the files that they were made from.
 */
export const writeDeclarations = async (entries, folder) => {
  const { rollup } = await import('rollup');
  const { dts } = await import('rollup-plugin-dts');
  const rolled = await rollup({
    input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(ROOT, file)])),
    external: /^node:/,
    plugins: [
      dts({
        tsconfig: join(ROOT, 'tsconfig.json'),
        compilerOptions: { stripInternal: true },
        includeExternal: ['undici', 'zod'],
      }),
    ],
    onwarn: refuse,
  });
  await rolled.write({ dir: folder, format: 'es', chunkFileNames: 'types-[hash].d.ts', banner: NODE_TYPES });
  await rolled.close();
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.d.ts'))) {
    const text = withPlainArrays(withOuterNames(readFileSync(join(folder, name), 'utf8')));
    refuseImports(name, text);
    writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, name.replace(/\.d\.ts$/, '.d.cts')), forCommonJs(text));
  }
  return rolled.watchFiles;
};

/** TypeScript 6 and later load `@types/node` only where it is asked for. */
const NODE_TYPES = '/// <reference types="node" />';

const forCommonJs = (text) => text.replace(/((?:from|import) '\.\/[^']+)\.js'/g, "$1.cjs'");

/** `type T = T` in a namespace, as rolling up makes of `type T = other.T`, would mean itself. */
const withOuterNames = (text) => {
  const outer = new Set([...text.matchAll(/^ +type (\w+) = \1;$/gm)].map(([, name]) => name));
  const aliases = [...outer].map((name) => `type ${name}$outer = ${name};\n`);
  return `${text.replace(/^( +type (\w+) = \2);$/gm, '$1$$outer;')}${aliases.join('')}`;
};

/** Before TypeScript 5.7 `Uint8Array` took no type arguments; what is inferred prints its default. */
const withPlainArrays = (text) => text.replaceAll('Uint8Array<ArrayBufferLike>', 'Uint8Array');

const refuse = ({ message }) => {
  if (message.includes('private shared type exports')) return;
  throw new Error(`The type declarations cannot be written: ${message}`);
};

/** A package is not there where ours is used, unless its types were copied. */
const refuseImports = (name, text) => {
  for (const [, from] of text.matchAll(/^import .* from '([^'.][^']*)'/gm))
    if (!from.startsWith('node:'))
      throw new Error(
        `${name} takes types from ${from}: keep them out of what is exported, or add it to includeExternal`,
      );
};
