import type { z } from 'zod';
import { HubError } from '../../../protocol/errors.ts';
import type { Json } from '../../../protocol/json.ts';
import { parseJson } from '../http/body.ts';

/** Reads a JSON body by a schema; an empty body is `{}`. Throws ArgumentInvalid that names what is wrong. */
export const read =
  <S extends z.ZodType>(schema: S) =>
  (bytes: Buffer): z.output<S> =>
    check(schema, bytes.length === 0 ? {} : json(bytes), 'body');

/** What the schema makes of `value`. Throws ArgumentInvalid that names what is wrong, of all of it by the name `whole`. */
export const check = <S extends z.ZodType>(schema: S, value: unknown, whole: string): z.output<S> => {
  const outcome = schema.safeParse(value);
  if (outcome.success) return outcome.data;
  const said = outcome.error.issues.map(({ path, message }) => `${path.join('.') || whole}: ${message}`);
  throw new HubError('ArgumentInvalid', said.join('; '));
};

/** Reads a JSON body. Throws ArgumentInvalid. */
export const json = (bytes: Buffer): Json => {
  const parsed = parseJson(bytes);
  if ('value' in parsed) return parsed.value;
  throw new HubError('ArgumentInvalid', `The request body is not valid JSON: ${parsed.refusal}`);
};
