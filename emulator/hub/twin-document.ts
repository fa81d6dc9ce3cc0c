import { HubError } from '../../protocol/errors.ts';
import { keyOf } from '../../protocol/identity-key.ts';
import { isObject, type Json, type JsonObject, own, put } from '../../protocol/json.ts';
import { never } from './clock.ts';
import type { AuthenticationType, Identity } from './identity.ts';
import type { Member } from './member.ts';
import { type Section, type Stamp, sizeOf, type Twin } from './twin.ts';

/** What a document leaves open is made up by the hub. */
export interface Defaults {
  readonly at: string;
  readonly etag: () => string;
  readonly generationId: () => string;
  readonly symmetricKey: (key: string, which: 'primary' | 'secondary') => string;
}

/**
 * Reads a twin document as it stands, system fields and metadata included, with the identity document beside it if
 * there is one: the way in for exports of other hubs. Throws ArgumentInvalid where it has no usable id.
 */
export const readMember = (twin: JsonObject, identity: JsonObject | undefined, defaults: Defaults): Member => {
  const deviceId = text(twin, 'deviceId') ?? text(identity ?? {}, 'deviceId');
  if (deviceId === undefined) throw new HubError('ArgumentInvalid', 'A document without deviceId cannot be imported.');
  const moduleId = text(twin, 'moduleId');
  for (const id of [deviceId, moduleId])
    if (id !== undefined && !/^[^/]+$/s.test(id)) throw new HubError('ArgumentInvalid', `'${id}' is no id.`);
  const properties = objectOf(twin, 'properties');
  const tags = own(twin, 'tags');
  const configurations = own(twin, 'configurations');
  const desired = readSection(objectOf(properties, 'desired'), { at: defaults.at, counted: true });
  const reported = readSection(objectOf(properties, 'reported'), { at: defaults.at, counted: false });
  const etag = readEtag(text(twin, 'etag'));
  const key = keyOf({ deviceId, moduleId });
  return {
    key,
    identity: readIdentityDocument({ deviceId, moduleId, key }, { ...twin, ...identity }, { twin, defaults }),
    twin: {
      tags: isObject(tags) ? tags : undefined,
      desired,
      reported,
      etag,
      version: number(twin, 'version') ?? etag + reported.version,
      modelId: text(twin, 'modelId') ?? '',
      configurations: isObject(configurations) ? readConfigurations(configurations) : undefined,
    },
    presence: {
      connected: text(twin, 'connectionState') === 'Connected',
      updatedTime: text(identity ?? {}, 'connectionStateUpdatedTime') ?? never,
      activityTime: text(twin, 'lastActivityTime') ?? never,
    },
    pendingMessages: number(twin, 'cloudToDeviceMessageCount') ?? 0,
  };
};

const readIdentityDocument = (
  name: { readonly deviceId: string; readonly moduleId: string | undefined; readonly key: string },
  document: JsonObject,
  context: { readonly twin: JsonObject; readonly defaults: Defaults },
): Identity => {
  const { defaults, twin } = context;
  const authentication = objectOf(document, 'authentication');
  const type = readType(text(twin, 'authenticationType') ?? text(authentication, 'type'));
  const keys = objectOf(authentication, 'symmetricKey');
  const prints = { ...objectOf(twin, 'x509Thumbprint'), ...objectOf(authentication, 'x509Thumbprint') };
  const scopes = own(document, 'parentScopes');
  const keyFor = (which: 'primary' | 'secondary'): string | null =>
    text(keys, `${which}Key`) ?? (type === 'sas' ? defaults.symmetricKey(name.key, which) : null);
  return {
    deviceId: name.deviceId,
    moduleId: name.moduleId,
    generationId: text(document, 'generationId') ?? defaults.generationId(),
    etag: text(twin, 'deviceEtag') ?? text(document, 'etag') ?? defaults.etag(),
    status: text(document, 'status') === 'disabled' ? 'disabled' : 'enabled',
    statusReason: text(document, 'statusReason') ?? null,
    statusUpdatedTime: text(document, 'statusUpdateTime') ?? text(document, 'statusUpdatedTime') ?? never,
    authentication: {
      type,
      primaryKey: keyFor('primary'),
      secondaryKey: keyFor('secondary'),
      primaryThumbprint: text(prints, 'primaryThumbprint') ?? null,
      secondaryThumbprint: text(prints, 'secondaryThumbprint') ?? null,
    },
    iotEdge: own(objectOf(document, 'capabilities'), 'iotEdge') === true,
    deviceScope: text(document, 'deviceScope'),
    parentScopes: Array.isArray(scopes)
      ? scopes.filter((scope): scope is string => typeof scope === 'string')
      : undefined,
    managedBy: text(document, 'managedBy') ?? null,
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
  return {
    values,
    metadata: isObject($metadata) ? sharing($metadata, new Map()) : metadataFor(values, stamp),
    version,
    sizeBound: sizeOf(values),
  };
};

const metadataFor = (values: JsonObject, stamp: Stamp): JsonObject =>
  Object.fromEntries([
    ...Object.entries(stamp),
    // shared: a fleet's memory is mostly these
    ...Object.entries(values).map(([key, value]) => [key, isObject(value) ? metadataFor(value, stamp) : stamp]),
  ]);

/** The same metadata, in which stamps that are alike are one object: most of them are, and they are most of a twin. */
const sharing = (metadata: JsonObject, stamps: Map<string, JsonObject>): JsonObject => {
  const shared: Record<string, Json> = { ...metadata };
  for (const key of Object.keys(metadata)) {
    const value = metadata[key];
    if (!isObject(value)) continue;
    const name = nameOfStamp(value);
    const known = name === undefined ? sharing(value, stamps) : (stamps.get(name) ?? value);
    if (name !== undefined) stamps.set(name, known);
    put(shared, key, known);
  }
  return shared;
};

/** What tells a stamp from others; undefined for an object that is more than a stamp. */
const nameOfStamp = (value: JsonObject): string | undefined => {
  const [first, second, third] = Object.keys(value);
  const { $lastUpdated: at, $lastUpdatedVersion: version } = value;
  if (first !== '$lastUpdated' || typeof at !== 'string' || third !== undefined) return undefined;
  if (second === undefined) return at;
  return second === '$lastUpdatedVersion' && typeof version === 'number' ? `${at} ${version}` : undefined;
};

const readConfigurations = (document: JsonObject): Twin['configurations'] =>
  Object.fromEntries(
    Object.entries(document).map(([id, value]) => {
      const mark = isObject(value) ? value : {};
      return [id, { ...mark, status: text(mark, 'status') ?? 'Targeted' }] as const;
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

const objectOf = (object: JsonObject, key: string): JsonObject => {
  const value: Json | undefined = own(object, key);
  return isObject(value) ? value : {};
};

const text = (object: JsonObject, key: string): string | undefined => {
  const value = own(object, key);
  return typeof value === 'string' ? value : undefined;
};

const number = (object: JsonObject, key: string): number | undefined => {
  const value = own(object, key);
  return typeof value === 'number' ? value : undefined;
};
