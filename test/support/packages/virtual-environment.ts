import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a virtual environment keeps its packages: `lib/python3.11/site-packages`. */
export const libraryOf = (environment: string): string => {
  const lib = join(environment, 'lib');
  const [version = ''] = readdirSync(lib).filter((name) => name.startsWith('python'));
  return join(lib, version, 'site-packages');
};

/** Lets a virtual environment see the packages of others. https://docs.python.org/3/library/site.html */
export const seeLibraries = (environment: string, others: readonly string[]): void =>
  writeFileSync(join(libraryOf(environment), 'others.pth'), others.map((other) => `${libraryOf(other)}\n`).join(''));
