import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Json } from '../../protocol/json.ts';
import { UsageError } from '../options.ts';
import type { Context } from './context.ts';
import { jsonProblem } from './json-problem.ts';

/** Help for arguments that `readJson` reads. */
export const JSON_HELP = 'JSON, @file, or - for standard input';

/** Reads JSON from an argument, from the file after `@`, or from standard input for `-`. Throws UsageError. */
export const readJson = (argument: string, { folder }: Context): Json => {
  const text =
    argument === '-' ? read(0) : argument.startsWith('@') ? read(resolve(folder, argument.slice(1))) : argument;
  const problem = jsonProblem(text);
  if (problem !== undefined) throw new UsageError(`${argument} is not valid JSON: ${problem}`);
  return JSON.parse(text);
};

const read = (file: string | number): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};
