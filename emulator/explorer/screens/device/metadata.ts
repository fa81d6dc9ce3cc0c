import { isObject, type Json } from '../../../../protocol/json.ts';
import type { Path } from '../../../../protocol/json-paths.ts';
import type { Section } from '../../api/documents.ts';

/** When the value at a path was last written, by the section's `$metadata`. */
export const updatedAt = ({ $metadata }: Section, path: Path): string | undefined => {
  let at: Json | undefined = $metadata;
  for (const name of path) at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  const time = isObject(at) ? at.$lastUpdated : undefined;
  return typeof time === 'string' ? time : undefined;
};
