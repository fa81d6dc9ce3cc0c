import { type ConnectionString as Parts, parseConnectionString } from '../../protocol/connection-string.ts';
import { ArgumentError } from './errors.ts';

/** The parts of a connection string. */
export type ConnectionString = Parts;

/** Reads a connection string; throws ArgumentError that names a missing part of `required` (HostName is always required). */
export const readConnectionString = <K extends keyof Parts = 'HostName'>(
  source: string,
  required: readonly K[] = [],
): Parts & { readonly [N in K]-?: string } => {
  const parts = partsOf(source);
  for (const name of required)
    if (!parts[name]) throw new ArgumentError(`The connection string is missing the property: ${name}`);
  return parts as Parts & { readonly [N in K]-?: string }; // each was found above
};

const partsOf = (source: string): Parts => {
  try {
    return parseConnectionString(String(source));
  } catch (error) {
    throw new ArgumentError(error instanceof Error ? error.message : String(error));
  }
};
