import type { z } from 'zod';
import { HubError } from '../../../protocol/errors.ts';
import { json } from './route.ts';

/** Reads a JSON body by a schema; an empty body is `{}`. Throws ArgumentInvalid that names what is wrong. */
export const read =
  <S extends z.ZodType>(schema: S) =>
  (bytes: Buffer): z.output<S> => {
    const outcome = schema.safeParse(bytes.length === 0 ? {} : json(bytes));
    if (outcome.success) return outcome.data;
    const said = outcome.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
    throw new HubError('ArgumentInvalid', said.join('; '));
  };
