import type { IdentityKey } from '../../protocol/identity-key.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { never } from './clock.ts';
import type { Identity } from './identity.ts';
import { type Section, type Twin, twinEtag } from './twin.ts';

/** What the hub knows of a connection's comings and goings. Times as the hub writes them. */
export interface Presence {
  readonly connected: boolean;
  readonly updatedTime: string;
  readonly activityTime: string;
}

/** One identity with all that hangs on it: the row that rooms share. Immutable. */
export interface Member {
  readonly key: IdentityKey;
  readonly identity: Identity;
  readonly twin: Twin;
  readonly presence: Presence;
  /** Messages waiting in the device's inbox. */
  readonly pendingMessages: number;
}

/** `member` with another twin. Written out: a spread of rows that were made in different places costs ten times as much. */
export const withTwin = ({ key, identity, presence, pendingMessages }: Member, twin: Twin): Member => ({
  key,
  identity,
  twin,
  presence,
  pendingMessages,
});

/** `member` with another presence. */
export const withPresence = ({ key, identity, twin, pendingMessages }: Member, presence: Presence): Member => ({
  key,
  identity,
  twin,
  presence,
  pendingMessages,
});

export const absent: Presence = { connected: false, updatedTime: never, activityTime: never };

/**
 * The device or module document of the identity registry.
 * https://learn.microsoft.com/rest/api/iothub/service/devices/get-identity
 */
export const renderIdentity = (member: Member): JsonObject =>
  member.identity.moduleId === undefined ? renderDevice(member) : renderModule(member, member.identity.moduleId);

/**
 * The twin document, members in the hub's order.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#device-twins
 */
export const renderTwin = ({ identity, twin, presence, pendingMessages }: Member): JsonObject => ({
  deviceId: identity.deviceId,
  ...(identity.moduleId === undefined ? {} : { moduleId: identity.moduleId }),
  etag: twinEtag(twin.etag),
  deviceEtag: identity.etag,
  status: identity.status,
  ...(identity.statusReason === null ? {} : { statusReason: identity.statusReason }),
  statusUpdateTime: identity.statusUpdatedTime,
  connectionState: presence.connected ? 'Connected' : 'Disconnected',
  lastActivityTime: presence.activityTime,
  cloudToDeviceMessageCount: pendingMessages,
  authenticationType: identity.authentication.type,
  x509Thumbprint: thumbprintsOf(identity),
  modelId: twin.modelId,
  version: twin.version,
  ...(twin.tags === undefined ? {} : { tags: twin.tags }),
  properties: { desired: renderSection(twin.desired), reported: renderSection(twin.reported) },
  ...(identity.moduleId === undefined ? { capabilities: { iotEdge: identity.iotEdge } } : {}),
  ...(twin.configurations === undefined ? {} : { configurations: twin.configurations }),
  ...scopesOf(identity),
});

/** Values, `$metadata`, `$version`: as a service sees a section. */
export const renderSection = (section: Section): JsonObject => ({
  ...section.values,
  $metadata: section.metadata,
  $version: section.version,
});

/** What the device itself gets: no tags, no metadata. */
export const renderForDevice = (twin: Twin): JsonObject => ({
  desired: { ...twin.desired.values, $version: twin.desired.version },
  reported: { ...twin.reported.values, $version: twin.reported.version },
});

const renderDevice = ({ identity, presence, pendingMessages }: Member): JsonObject => ({
  deviceId: identity.deviceId,
  generationId: identity.generationId,
  etag: identity.etag,
  connectionState: presence.connected ? 'Connected' : 'Disconnected',
  status: identity.status,
  statusReason: identity.statusReason,
  connectionStateUpdatedTime: presence.updatedTime,
  statusUpdatedTime: identity.statusUpdatedTime,
  lastActivityTime: presence.activityTime,
  cloudToDeviceMessageCount: pendingMessages,
  authentication: renderAuthentication(identity),
  capabilities: { iotEdge: identity.iotEdge },
  ...scopesOf(identity),
});

const renderModule = ({ identity, presence, pendingMessages }: Member, moduleId: string): JsonObject => ({
  moduleId,
  managedBy: identity.managedBy,
  deviceId: identity.deviceId,
  generationId: identity.generationId,
  etag: identity.etag,
  connectionState: presence.connected ? 'Connected' : 'Disconnected',
  connectionStateUpdatedTime: presence.updatedTime,
  lastActivityTime: presence.activityTime,
  cloudToDeviceMessageCount: pendingMessages,
  authentication: renderAuthentication(identity),
});

const renderAuthentication = (identity: Identity): JsonObject => ({
  symmetricKey: {
    primaryKey: identity.authentication.primaryKey,
    secondaryKey: identity.authentication.secondaryKey,
  },
  x509Thumbprint: thumbprintsOf(identity),
  type: identity.authentication.type,
});

const thumbprintsOf = ({ authentication }: Identity): Record<string, Json> => ({
  primaryThumbprint: authentication.primaryThumbprint,
  secondaryThumbprint: authentication.secondaryThumbprint,
});

const scopesOf = (identity: Identity): JsonObject => ({
  ...(identity.deviceScope === undefined ? {} : { deviceScope: identity.deviceScope }),
  ...(identity.parentScopes === undefined ? {} : { parentScopes: identity.parentScopes }),
});
