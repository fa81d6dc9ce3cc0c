import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { FaultRule } from '../../protocol/fault.ts';
import type { FaultRule as GivenRule } from '../fault-options.ts';
import { UsageError } from '../options.ts';

const Rules = z.array(FaultRule);
/** Also the configuration file of an emulator. */
const File = z.looseObject({ faults: Rules });

/** Rules, or a file of JSON or YAML: one rule, a list, or `faults: […]` as in a configuration file. Throws UsageError. */
export const readFaults = async (given: string | readonly GivenRule[]): Promise<FaultRule[]> => {
  if (typeof given !== 'string') return checked('then', Rules, given);
  const text = await readFile(given, 'utf8').catch((error: Error) => {
    throw new UsageError(`${given} cannot be read: ${error.message}`);
  });
  const { parse } = await import('../yaml.ts');
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw new UsageError(`${given}: ${error instanceof Error ? error.message : error}`);
  }
  if (Array.isArray(document)) return checked(given, Rules, document);
  if (typeof document === 'object' && document !== null && 'faults' in document)
    return checked(given, File, document).faults;
  return [checked(given, FaultRule, document)];
};

const checked = <T>(name: string, schema: z.ZodType<T>, value: unknown): T => {
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data;
  throw new UsageError(error.issues.map(({ path, message }) => `${name}: ${[...path, message].join(': ')}`).join('\n'));
};
