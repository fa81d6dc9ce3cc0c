import { readFileSync } from 'node:fs';

/** The package's version, from the nearest package.json above: the build moves this module. */
export const version = (): string => {
  for (let folder = new URL('./', import.meta.url); ; folder = new URL('../', folder)) {
    const text = read(new URL('package.json', folder));
    if (text !== undefined) return String(JSON.parse(text).version);
    if (folder.pathname === new URL('../', folder).pathname) return 'unknown';
  }
};

const read = (file: URL): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};
