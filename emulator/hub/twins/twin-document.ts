import { extended, type JsonObject } from '../../../protocol/json.ts';
import type { Member } from '../fleet/member.ts';
import { scopesOf, thumbprintsOf } from '../registry/identity-document.ts';
import { type Section, type Twin, twinEtag } from './twin.ts';

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

/** A section as services read it: values, `$metadata`, `$version`. */
export const renderSection = ({ values, metadata, version }: Section): JsonObject =>
  extended(values, { $metadata: metadata, $version: version });

/** The twin as its device reads it: without tags and metadata. */
export const renderForDevice = ({ desired, reported }: Twin): JsonObject => ({
  desired: extended(desired.values, { $version: desired.version }),
  reported: extended(reported.values, { $version: reported.version }),
});
