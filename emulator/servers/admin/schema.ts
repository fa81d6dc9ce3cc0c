import type { z } from 'zod';
import type { Operation } from '../../../protocol/admin/operation.ts';
import { HubError } from '../../../protocol/errors.ts';
import type { Json } from '../../../protocol/json.ts';
import { parseJson } from '../http/body.ts';

/** The query of a request, by the schema of its operation. Throws ArgumentInvalid. */
export const readQuery = ({ query }: Operation, given: ReadonlyMap<string, string>): unknown =>
  query === undefined ? undefined : check(query, Object.fromEntries(given), 'query');

/** The body of a request, by the schema of its operation; an empty body is `{}`. Throws ArgumentInvalid. */
export const readBodyOf = ({ body, accepts }: Operation, bytes: Buffer): unknown => {
  if (accepts !== undefined) return bytes;
  return body === undefined ? undefined : check(body, bytes.length === 0 ? {} : json(bytes), 'body');
};

/** Reads a JSON body. Throws ArgumentInvalid. */
export const json = (bytes: Buffer): Json => {
  const parsed = parseJson(bytes);
  if ('value' in parsed) return parsed.value;
  throw new HubError('ArgumentInvalid', `The request body is not valid JSON: ${parsed.refusal}`);
};

/** Throws ArgumentInvalid naming the invalid path; `whole` is the name of the root. */
const check = <S extends z.ZodType>(schema: S, value: unknown, whole: string): z.output<S> => {
  const outcome = schema.safeParse(value);
  if (outcome.success) return outcome.data;
  const problems = outcome.error.issues.map(({ path, message }) => `${path.join('.') || whole}: ${message}`);
  throw new HubError('ArgumentInvalid', problems.join('; '));
};
