import { HubError } from '../../../protocol/errors.ts';
import { parseBareIfMatch } from '../../../protocol/etag.ts';
import { type IdentityName, keyOf } from '../../../protocol/identity-key.ts';
import { isObject, type Json, type JsonObject, own } from '../../../protocol/json.ts';
import { pick, textIn } from '../../kernel/json-members.ts';
import type { Member } from '../fleet/member.ts';
import { renderIdentity } from '../registry/identity-document.ts';
import { twinEtag } from '../twins/twin.ts';
import { renderSection } from '../twins/twin-document.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt#import-devices and the service's swagger. */
const IMPORT_MODES = [
  'create',
  'createOrUpdate',
  'createOrUpdateIfMatchETag',
  'update',
  'updateIfMatchETag',
  'delete',
  'deleteIfMatchETag',
  'updateTwin',
  'updateTwinIfMatchETag',
] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

/** One device or module of a bulk request or an import. */
export interface ExportImportDevice {
  readonly name: IdentityName;
  readonly mode: ImportMode;
  /** The body of an identity write. */
  readonly identity: JsonObject;
  readonly etag: string | undefined;
  /** The sections that the item has, as a twin patch. */
  readonly twin: JsonObject | undefined;
  readonly twinEtag: string | undefined;
  /** `$metadata` of the desired properties, from the hub that exported the item. */
  readonly metadata: JsonObject | undefined;
}

/** Reads one item. Throws ArgumentInvalid. */
export const readExportImportDevice = (item: Json): ExportImportDevice => {
  if (!isObject(item)) throw new HubError('ArgumentInvalid', 'A device must be a JSON object.');
  const deviceId = filledText(item, 'id');
  if (deviceId === undefined) throw new HubError('ArgumentInvalid', 'A device must have an id.');
  const properties = own(item, 'properties');
  const desired = isObject(properties) ? own(properties, 'desired') : undefined;
  const metadata = isObject(desired) ? own(desired, '$metadata') : undefined;
  const sections = {
    ...pick(item, ['tags']),
    ...(isObject(properties) ? { properties: pick(properties, ['desired']) } : {}),
  };
  return {
    name: { deviceId, moduleId: filledText(item, 'moduleId') },
    mode: readMode(own(item, 'importMode')),
    identity: pick(item, IDENTITY_MEMBERS),
    // azure-iothub writes etag, azure-iot-hub and the service eTag
    etag: parseBareIfMatch(filledText(item, 'eTag') ?? filledText(item, 'etag')),
    twin: hasSections(sections) ? sections : undefined,
    twinEtag: parseBareIfMatch(filledText(item, 'twinETag') ?? filledText(item, 'twinEtag')),
    metadata: isObject(metadata) ? metadata : undefined,
  };
};

/**
 * One line of an export; `excludeKeys`: without keys.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt#export-devices
 */
export const renderExportImportDevice = (member: Member, options: { excludeKeys: boolean }): JsonObject => {
  const { identity, twin } = member;
  const document = renderIdentity(member);
  const { authentication } = document;
  return {
    id: identity.deviceId,
    ...(identity.moduleId === undefined ? {} : { moduleId: identity.moduleId, managedBy: identity.managedBy }),
    eTag: identity.etag,
    status: identity.status,
    ...(identity.statusReason === null ? {} : { statusReason: identity.statusReason }),
    authentication: {
      ...(isObject(authentication) ? authentication : {}),
      ...(options.excludeKeys ? { symmetricKey: { primaryKey: null, secondaryKey: null } } : {}),
    },
    twinETag: twinEtag(twin.etag),
    ...(twin.tags === undefined ? {} : { tags: twin.tags }),
    properties: { desired: renderSection(twin.desired), reported: renderSection(twin.reported) },
    ...pick(document, ['capabilities', 'deviceScope', 'parentScopes']),
  };
};

/** The identity of an item, to find duplicates. */
export const itemKey = (item: ExportImportDevice): string => keyOf(item.name);

const IDENTITY_MEMBERS = [
  'status',
  'statusReason',
  'authentication',
  'capabilities',
  'deviceScope',
  'parentScopes',
  'managedBy',
] as const;

const readMode = (value: Json | undefined): ImportMode => {
  if (value === undefined || value === null) return 'createOrUpdate';
  const lower = typeof value === 'string' ? value.toLowerCase() : '';
  const mode = IMPORT_MODES.find((known) => known.toLowerCase() === lower);
  if (mode === undefined) throw new HubError('ArgumentInvalid', `Unknown importMode: ${String(value).slice(0, 50)}`);
  return mode;
};

const hasSections = (sections: JsonObject): boolean => {
  const { tags, properties } = sections;
  return tags !== undefined || (isObject(properties) && properties.desired !== undefined);
};

/** Clients send an empty text for a missing one. */
const filledText = (object: JsonObject, key: string): string | undefined => textIn(object, key) || undefined;
