import * as z from 'zod';
import { HubError } from '../../protocol/errors.ts';
import type { Json } from '../../protocol/json.ts';

/** A string member that may be missing or null. */
export const optionalText = (name: string) => z.string(`${name} must be a string`).nullish();

/**
 * Checks the envelope of a request: its members, but not the user's documents in it. Throws ArgumentInvalid with the text of the
 * first broken rule.
 */
export const readEnvelope = <S extends z.ZodType>(schema: S, body: Json | undefined): z.output<S> => {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw new HubError('ArgumentInvalid', read.error.issues[0]?.message ?? 'The request body is invalid.');
};

export const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length;

/** True if a value is nested too deeply for JSON.stringify, which overflows the stack at some thousand levels. */
export const isTooDeep = (value: Json): boolean => isDeeperThan(value, 512);

const isDeeperThan = (value: Json, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((item) => isDeeperThan(item, levels - 1)));
