import { join, relative } from 'node:path';
import { ROOT } from './bundle.mjs';

/** Builds the page for browsers into `folder`. Gives the files that it was made from, as paths from the checkout's root. */
export const buildPage = async (folder) => {
  // tests set another one, with which file names and checks for development get in
  process.env.NODE_ENV = 'production';
  const { build } = await import('vite');
  const { output } = await build({
    configFile: join(ROOT, 'vite.config.ts'),
    root: join(ROOT, 'emulator/explorer'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  return output
    .flatMap(({ moduleIds = [] }) => moduleIds)
    .filter((id) => id.startsWith(ROOT))
    .map((id) => relative(ROOT, id.replace(/\?.*$/, '')));
};
