import { isObject, type Json, type JsonObject } from '../../protocol/json.ts';
import { readExportImportDevice } from '../hub/import-export/export-import-device.ts';
import { parseBounded } from '../kernel/json-depth.ts';
import { findObject, objectIn } from '../kernel/json-members.ts';
import type { Seed, SeedIdentity } from './seed.ts';

/**
 * Reads the lines of an export job, or of a file for an import job; a first line of plain text is skipped.
 * Throws ArgumentInvalid. https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt
 */
export const readDevicesText = (text: string): Seed => {
  const items = text
    .split('\n')
    .filter((line) => line.trimStart().startsWith('{'))
    .map((line) => parseBounded(line));
  return { identities: items.map(seedIdentityOf).sort(devicesFirst), configurations: [] };
};

const seedIdentityOf = (item: Json): SeedIdentity => {
  const { name, identity, twin = {} } = readExportImportDevice(item);
  const { deviceScope: _, parentScopes: __, ...rest } = identity; // they name scopes of another hub
  const properties = objectIn(isObject(item) ? item : {}, 'properties');
  return {
    name,
    identity: rest,
    tags: findObject(twin, 'tags'),
    desired: plain(findObject(properties, 'desired')),
    reported: plain(findObject(properties, 'reported')),
  };
};

/** Without `$metadata` and `$version`, which are the hub's own. */
const plain = (section: JsonObject | undefined): JsonObject | undefined => {
  if (section === undefined) return undefined;
  const { $metadata: _, $version: __, ...values } = section;
  return Object.keys(values).length === 0 ? undefined : values;
};

const devicesFirst = (a: SeedIdentity, b: SeedIdentity): number =>
  Number(a.name.moduleId !== undefined) - Number(b.name.moduleId !== undefined);
