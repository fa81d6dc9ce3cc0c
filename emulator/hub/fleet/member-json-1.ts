import type { Identity } from '../registry/identity.ts';
import { sharingStamps } from '../twins/stamps.ts';
import { Section, Twin } from '../twins/twin.ts';
import { Member, Presence } from './member.ts';

/** A row in the first form: the row itself, with all names and stamps. */
export const memberFromJson1 = ({ key, identity, twin, presence, pendingMessages }: Member): Member =>
  new Member({
    key,
    identity: identityFrom(identity),
    twin: twinFrom(twin),
    presence: new Presence(presence, presence.activityTime),
    pendingMessages,
  });

const identityFrom = (identity: Identity): Identity => ({
  deviceId: identity.deviceId,
  moduleId: identity.moduleId,
  generationId: identity.generationId,
  etag: identity.etag,
  statusUpdatedTime: identity.statusUpdatedTime,
  keyGeneration: identity.keyGeneration,
  status: identity.status,
  statusReason: identity.statusReason,
  authentication: identity.authentication,
  iotEdge: identity.iotEdge,
  deviceScope: identity.deviceScope,
  parentScopes: identity.parentScopes,
  managedBy: identity.managedBy,
});

const twinFrom = (twin: Twin): Twin => {
  const stamps = new Map();
  const sectionFrom = ({ values, metadata, version, sizeBound }: Section): Section =>
    new Section({
      values,
      metadata: sharingStamps(metadata, stamps),
      version,
      sizeBound,
    });
  return new Twin({
    tags: twin.tags,
    desired: sectionFrom(twin.desired),
    reported: sectionFrom(twin.reported),
    etag: twin.etag,
    version: twin.version,
    modelId: twin.modelId,
    configurations: twin.configurations,
  });
};
