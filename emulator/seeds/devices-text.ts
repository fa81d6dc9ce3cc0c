import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';
import { readExportImportDevice } from '../hub/export-import-device.ts';
import type { Plant, Seed } from './seed.ts';

/**
 * Reads the lines of an export job, or of what is to be imported; a first line of plain text is passed over.
 * Throws ArgumentInvalid. https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt
 */
export const readDevicesText = (text: string): Seed => {
  const items = text
    .split('\n')
    .filter((line) => line.trimStart().startsWith('{'))
    .map((line): Json => JSON.parse(line));
  return { plants: items.map(plantOf).sort(devicesFirst), configurations: [] };
};

const plantOf = (item: Json): Plant => {
  const { name, identity, twin = {} } = readExportImportDevice(item);
  const { deviceScope: _, parentScopes: __, ...rest } = identity; // they name scopes of another hub
  const properties = objectIn(isObject(item) ? item : {}, 'properties');
  return {
    name,
    identity: rest,
    tags: objectIn(twin, 'tags'),
    desired: plain(objectIn(properties, 'desired')),
    reported: plain(objectIn(properties, 'reported')),
  };
};

const objectIn = (object: JsonObject | undefined, name: string): JsonObject | undefined => {
  const value = object === undefined ? undefined : own(object, name);
  return isObject(value) ? value : undefined;
};

/** Without what the hub keeps itself. */
const plain = (section: JsonObject | undefined): JsonObject | undefined => {
  if (section === undefined) return undefined;
  const { $metadata: _, $version: __, ...values } = section;
  return Object.keys(values).length === 0 ? undefined : values;
};

const devicesFirst = (a: Plant, b: Plant): number =>
  Number(a.name.moduleId !== undefined) - Number(b.name.moduleId !== undefined);
