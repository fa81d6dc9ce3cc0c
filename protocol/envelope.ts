import type { z } from 'zod';
import { HubError } from './errors.ts';
import type { Json } from './json.ts';

/** Reads the fixed frame of a request. Throws ArgumentInvalid with the words of the first rule that is broken. */
export const readEnvelope = <S extends z.ZodType>(schema: S, body: Json | undefined): z.output<S> => {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw new HubError('ArgumentInvalid', read.error.issues[0]?.message ?? 'The request body is invalid.');
};

/** UTF-8 bytes of `value` as JSON text; no nesting is too deep to be measured. */
export const jsonBytes = (value: Json): number =>
  deeperThan(value, DEEPEST) ? Number.POSITIVE_INFINITY : new TextEncoder().encode(JSON.stringify(value)).length;

// JSON.stringify overflows the stack at some thousand levels
const DEEPEST = 512;

const deeperThan = (value: Json, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((item) => deeperThan(item, levels - 1)));
