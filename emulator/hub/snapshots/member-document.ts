import { HubError } from '../../../protocol/errors.ts';
import { keyOf } from '../../../protocol/identity-key.ts';
import { isObject, type JsonObject, own } from '../../../protocol/json.ts';
import { never } from '../../kernel/clock.ts';
import { numberIn, objectIn, textIn } from '../../kernel/json-members.ts';
import { Member, Presence } from '../fleet/member.ts';
import type { AuthenticationType, Identity } from '../registry/identity.ts';
import { sharingStamps } from '../twins/stamps.ts';
import { type ConfigurationStatuses, Section, type Stamp, sizeOf, Twin } from '../twins/twin.ts';

/** Values for what a document leaves out. */
export interface Defaults {
  readonly at: string;
  readonly etag: () => string;
  readonly generationId: () => string;
  readonly symmetricKey: (key: string, which: 'primary' | 'secondary') => string;
}

/**
 * Reads a twin document as it is, with system fields and metadata, and the identity document that belongs to it, if there
 * is one. Throws ArgumentInvalid if it has no valid id.
 */
export const readMember = (twin: JsonObject, identity: JsonObject | undefined, defaults: Defaults): Member => {
  const deviceId = textIn(twin, 'deviceId') ?? textIn(identity ?? {}, 'deviceId');
  if (deviceId === undefined) throw new HubError('ArgumentInvalid', 'A document without deviceId cannot be imported.');
  const moduleId = textIn(twin, 'moduleId');
  for (const id of [deviceId, moduleId])
    if (id !== undefined && !/^[^/]+$/s.test(id)) throw new HubError('ArgumentInvalid', `'${id}' is not a valid id.`);
  const properties = objectIn(twin, 'properties');
  const tags = own(twin, 'tags');
  const configurations = own(twin, 'configurations');
  const desired = readSection(objectIn(properties, 'desired'), { at: defaults.at, counted: true });
  const reported = readSection(objectIn(properties, 'reported'), { at: defaults.at, counted: false });
  const etag = readEtag(textIn(twin, 'etag'));
  const key = keyOf({ deviceId, moduleId });
  return new Member({
    key,
    identity: readIdentityDocument({ deviceId, moduleId, key }, { ...twin, ...identity }, { twin, defaults }),
    twin: new Twin({
      tags: isObject(tags) ? tags : undefined,
      desired,
      reported,
      etag,
      version: numberIn(twin, 'version') ?? etag + reported.version,
      modelId: textIn(twin, 'modelId') ?? '',
      configurations: isObject(configurations) ? readConfigurations(configurations) : undefined,
    }),
    presence: new Presence(
      {
        connected: textIn(twin, 'connectionState') === 'Connected',
        updatedTime: textIn(identity ?? {}, 'connectionStateUpdatedTime') ?? never,
      },
      textIn(twin, 'lastActivityTime') ?? never,
    ),
    pendingMessages: numberIn(twin, 'cloudToDeviceMessageCount') ?? 0,
  });
};

const readIdentityDocument = (
  name: { readonly deviceId: string; readonly moduleId: string | undefined; readonly key: string },
  document: JsonObject,
  context: { readonly twin: JsonObject; readonly defaults: Defaults },
): Identity => {
  const { defaults, twin } = context;
  const authentication = objectIn(document, 'authentication');
  const type = readType(textIn(twin, 'authenticationType') ?? textIn(authentication, 'type'));
  const keys = objectIn(authentication, 'symmetricKey');
  const prints = { ...objectIn(twin, 'x509Thumbprint'), ...objectIn(authentication, 'x509Thumbprint') };
  const scopes = own(document, 'parentScopes');
  const keyFor = (which: 'primary' | 'secondary'): string | null =>
    textIn(keys, `${which}Key`) ?? (type === 'sas' ? defaults.symmetricKey(name.key, which) : null);
  return {
    deviceId: name.deviceId,
    moduleId: name.moduleId,
    generationId: textIn(document, 'generationId') ?? defaults.generationId(),
    etag: textIn(twin, 'deviceEtag') ?? textIn(document, 'etag') ?? defaults.etag(),
    status: textIn(document, 'status') === 'disabled' ? 'disabled' : 'enabled',
    statusReason: textIn(document, 'statusReason') ?? null,
    statusUpdatedTime: textIn(document, 'statusUpdateTime') ?? textIn(document, 'statusUpdatedTime') ?? never,
    authentication: {
      type,
      primaryKey: keyFor('primary'),
      secondaryKey: keyFor('secondary'),
      primaryThumbprint: textIn(prints, 'primaryThumbprint') ?? null,
      secondaryThumbprint: textIn(prints, 'secondaryThumbprint') ?? null,
    },
    iotEdge: own(objectIn(document, 'capabilities'), 'iotEdge') === true,
    deviceScope: textIn(document, 'deviceScope'),
    parentScopes: Array.isArray(scopes)
      ? scopes.filter((scope): scope is string => typeof scope === 'string')
      : undefined,
    managedBy: textIn(document, 'managedBy') ?? null,
    keyGeneration: 0,
  };
};

const readSection = (
  document: JsonObject,
  { at, counted }: { readonly at: string; readonly counted: boolean },
): Section => {
  const { $metadata, $version, ...values } = document;
  const version = typeof $version === 'number' ? $version : 1;
  const stamp = counted ? { $lastUpdated: at, $lastUpdatedVersion: version } : { $lastUpdated: at };
  return new Section({
    values,
    metadata: isObject($metadata) ? sharingStamps($metadata) : metadataFor(values, stamp),
    version,
    sizeBound: sizeOf(values),
  });
};

const metadataFor = (values: JsonObject, stamp: Stamp): JsonObject =>
  Object.fromEntries([
    ...Object.entries(stamp),
    // shared: most of the memory of a twin are stamps
    ...Object.entries(values).map(([key, value]) => [key, isObject(value) ? metadataFor(value, stamp) : stamp]),
  ]);

const readConfigurations = (document: JsonObject): ConfigurationStatuses =>
  Object.fromEntries(
    Object.entries(document).map(([id, value]) => {
      const entry = isObject(value) ? value : {};
      return [id, { ...entry, status: textIn(entry, 'status') ?? 'Targeted' }] as const;
    }),
  );

/** The counter inside a twin etag; 1 where there is none. */
const readEtag = (etag: string | undefined): number => {
  try {
    const bytes = atob(etag ?? '');
    if (bytes.length !== 8) return 1;
    return [...bytes].reduce((sum, byte) => sum * 256 + byte.charCodeAt(0), 0);
  } catch {
    return 1;
  }
};

const readType = (value: string | undefined): AuthenticationType =>
  value === 'selfSigned' || value === 'certificateAuthority' || value === 'none' ? value : 'sas';
