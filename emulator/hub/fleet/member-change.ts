import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { ChangeCodec } from '../../kernel/change-feed.ts';
import { type IdentityJson, identityFromJson, identityToJson } from '../registry/identity-json.ts';
import { changedSection, type SectionChange, sectionChangeOf } from '../twins/section-change.ts';
import { type ConfigurationStatuses, Twin } from '../twins/twin.ts';
import { isSameConnection, Member, Presence } from './member.ts';
import { type PresenceJson, presenceFromJson, presenceToJson } from './presence-json.ts';

/** What has changed in a row. What is not there has not. */
interface MemberChange {
  identity?: IdentityJson;
  tags?: JsonObject | null;
  desired?: SectionChange;
  reported?: SectionChange;
  etag?: number;
  version?: number;
  modelId?: string;
  configurations?: ConfigurationStatuses | null;
  presence?: PresenceJson;
  /** The time of the latest activity, if nothing else of the presence has changed. */
  activity?: string;
  pending?: number;
}

/** A change of a row as JSON. Rows share what they have in common, so it is found by comparing references. */
export const memberChange = (before: Member, after: Member): Json => {
  const change: MemberChange = {};
  if (after.twin !== before.twin) addTwin(change, before.twin, after.twin);
  if (after.identity !== before.identity) change.identity = identityToJson(after.identity);
  if (after.presence !== before.presence) addPresence(change, before, after);
  if (after.pendingMessages !== before.pendingMessages) change.pending = after.pendingMessages;
  return change as Json; // plain data
};

export const memberChanges: ChangeCodec<Member> = {
  toText: (before, after) => JSON.stringify(memberChange(before, after)),
  apply: (before, json) => {
    const change = json as MemberChange; // written by memberChange
    const { key, identity, twin, presence, pendingMessages } = before;
    return new Member({
      key,
      identity: change.identity === undefined ? identity : identityFromJson(change.identity),
      twin: changedTwin(twin, change),
      presence: changedPresence(presence, change),
      pendingMessages: change.pending ?? pendingMessages,
    });
  },
};

const addTwin = (change: MemberChange, before: Twin, after: Twin): void => {
  if (after.reported !== before.reported) change.reported = sectionChangeOf(before.reported, after.reported);
  if (after.desired !== before.desired) change.desired = sectionChangeOf(before.desired, after.desired);
  if (after.tags !== before.tags) change.tags = after.tags ?? null;
  if (after.etag !== before.etag) change.etag = after.etag;
  if (after.version !== before.version) change.version = after.version;
  if (after.modelId !== before.modelId) change.modelId = after.modelId;
  if (after.configurations !== before.configurations) change.configurations = after.configurations ?? null;
};

const changedTwin = (twin: Twin, change: MemberChange): Twin =>
  new Twin({
    tags: change.tags === undefined ? twin.tags : (change.tags ?? undefined),
    desired: change.desired === undefined ? twin.desired : changedSection(twin.desired, change.desired),
    reported: change.reported === undefined ? twin.reported : changedSection(twin.reported, change.reported),
    etag: change.etag ?? twin.etag,
    version: change.version ?? twin.version,
    modelId: change.modelId ?? twin.modelId,
    configurations: change.configurations === undefined ? twin.configurations : (change.configurations ?? undefined),
  });

const addPresence = (change: MemberChange, { presence: before }: Member, { presence: after }: Member): void => {
  if (isSameConnection(before, after)) change.activity = after.activityTime;
  else change.presence = presenceToJson(after);
};

const changedPresence = (before: Presence, { presence, activity }: MemberChange): Presence => {
  if (presence !== undefined) return presenceFromJson(presence);
  if (activity === undefined) return before;
  return new Presence(before, activity);
};
