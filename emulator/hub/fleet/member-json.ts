import { keyOf } from '../../../protocol/identity-key.ts';
import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Codec } from '../../kernel/change-feed.ts';
import { type IdentityJson, identityFromJson, identityToJson } from '../registry/identity-json.ts';
import { type SectionJson, sectionFromJson, sectionToJson } from '../twins/section-json.ts';
import { type ConfigurationStatuses, Twin } from '../twins/twin.ts';
import { Member } from './member.ts';
import { memberChanges } from './member-change.ts';
import { memberFromJson1 } from './member-json-1.ts';
import { type PresenceJson, presenceFromJson, presenceToJson } from './presence-json.ts';

/** Members by place, without their names: rows are half as large, and read in half the time. */
type MemberJson = readonly [identity: IdentityJson, twin: TwinJson, presence: PresenceJson, pendingMessages: number];

type TwinJson = readonly [
  tags: JsonObject | null,
  desired: SectionJson,
  reported: SectionJson,
  etag: number,
  version: number,
  modelId: string,
  configurations: ConfigurationStatuses | null,
];

/** Rows as JSON. Rows that are read have the same members in the same order as those that rooms make: writes stay fast. */
export const memberJson: Codec<Member> = {
  version: 2,
  toJson: ({ identity, twin, presence, pendingMessages }) => {
    const row: MemberJson = [identityToJson(identity), twinToJson(twin), presenceToJson(presence), pendingMessages];
    return row as unknown as Json; // plain data
  },
  toNamedJson: (member) => member as unknown as Json, // plain data
  fromJson: (json) =>
    Array.isArray(json)
      ? memberFrom(json as unknown as MemberJson) // written by toJson
      : memberFromJson1(json as unknown as Member), // by toNamedJson, as in version 1
  changes: memberChanges,
};

const memberFrom = ([identity, twin, presence, pendingMessages]: MemberJson): Member => {
  const read = identityFromJson(identity);
  return new Member({
    key: keyOf(read),
    identity: read,
    twin: twinFromJson(twin),
    presence: presenceFromJson(presence),
    pendingMessages,
  });
};

const twinToJson = ({ tags, desired, reported, etag, version, modelId, configurations }: Twin): TwinJson => [
  tags ?? null,
  sectionToJson(desired),
  sectionToJson(reported),
  etag,
  version,
  modelId,
  configurations ?? null,
];

const twinFromJson = ([tags, desired, reported, etag, version, modelId, configurations]: TwinJson): Twin =>
  new Twin({
    tags: tags ?? undefined,
    desired: sectionFromJson(desired),
    reported: sectionFromJson(reported),
    etag,
    version,
    modelId,
    configurations: configurations ?? undefined,
  });
