import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Context, EXIT, Failure } from './context.ts';

/** Writes a file that the command line names. Throws a Failure. */
export const writeNamed = (file: string, content: string | Uint8Array, { folder }: Context): void => {
  const path = resolve(folder, file);
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw new Failure(EXIT.failed, `${path} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
};
