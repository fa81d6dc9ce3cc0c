import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ClassicLevel } from 'classic-level';
import { DataError } from './state-store.ts';

type Level = typeof ClassicLevel;

/**
 * Loads LevelDB, which has binaries and is not part of the package: from beside it, or from the working folder, as `npx` keeps
 * the package in a folder of its own. Throws DataError if it is not there.
 */
export const loadClassicLevel = (): Level => {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return (createRequire(from)('classic-level') as { readonly ClassicLevel: Level }).ClassicLevel;
    } catch (error) {
      if (!isMissing(error)) throw new DataError(`classic-level, which --data needs, cannot be loaded: ${error}`);
    }
  }
  throw new DataError('--data needs the package classic-level, which is not installed: npm install classic-level@3');
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'MODULE_NOT_FOUND' &&
  error.message.includes('classic-level');
