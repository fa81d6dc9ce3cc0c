import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Member } from '../fleet/member.ts';
import type { Identity } from './identity.ts';

/**
 * The device or module document of the identity registry.
 * https://learn.microsoft.com/rest/api/iothub/service/devices/get-identity
 */
export const renderIdentity = (member: Member): JsonObject =>
  member.identity.moduleId === undefined ? renderDevice(member) : renderModule(member, member.identity.moduleId);

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

/** Both thumbprints, null where there is none. */
export const thumbprintsOf = ({ authentication }: Identity): Record<string, Json> => ({
  primaryThumbprint: authentication.primaryThumbprint,
  secondaryThumbprint: authentication.secondaryThumbprint,
});

/** The scopes of a device, as far as it has them. */
export const scopesOf = (identity: Identity): JsonObject => ({
  ...(identity.deviceScope === undefined ? {} : { deviceScope: identity.deviceScope }),
  ...(identity.parentScopes === undefined ? {} : { parentScopes: identity.parentScopes }),
});
