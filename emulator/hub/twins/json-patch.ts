import { HubError } from '../../../protocol/errors.ts';
import { isObject, type Json, own } from '../../../protocol/json.ts';

/** One operation of a patch; a removal has no value. */
export interface PatchStep {
  readonly path: readonly string[];
  readonly value: Json | undefined;
}

/**
 * Reads an RFC 6902 patch. Digital twins support the operations add, replace and remove.
 * Throws InvalidDigitalTwinJsonPatch, InvalidDigitalTwinPatchPath.
 */
export const readJsonPatch = (body: Json): readonly PatchStep[] => {
  if (!Array.isArray(body)) throw new HubError('InvalidDigitalTwinJsonPatch', 'The patch must be a JSON array.');
  return body.map(readStep);
};

const readStep = (item: Json): PatchStep => {
  if (!isObject(item)) throw new HubError('InvalidDigitalTwinJsonPatch', 'An operation must be a JSON object.');
  const path = readPointer(own(item, 'path'));
  const op = own(item, 'op');
  const value = own(item, 'value');
  switch (op) {
    case 'add':
    case 'replace':
      if (value !== undefined) return { path, value };
      throw new HubError('InvalidDigitalTwinJsonPatch', `The operation ${op} needs a value.`);
    case 'remove':
      return { path, value: undefined };
    default:
      throw new HubError('InvalidDigitalTwinJsonPatch', "The operations are 'add', 'replace' and 'remove'.");
  }
};

/** RFC 6901. */
const readPointer = (pointer: Json | undefined): readonly string[] => {
  if (typeof pointer !== 'string' || !/^(?:\/(?:[^~/]|~[01])+)+$/.test(pointer))
    throw new HubError('InvalidDigitalTwinPatchPath', 'path must be a JSON pointer below the digital twin.');
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
};
