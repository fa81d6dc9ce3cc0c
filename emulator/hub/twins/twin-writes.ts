import { HubError } from '../../../protocol/errors.ts';
import { type IfMatch, matches } from '../../../protocol/etag.ts';
import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import type { Member } from '../fleet/member.ts';
import { demandUserModule } from '../fleet/system-modules.ts';
import { mergePatch, replacementPatch } from './merge-patch.ts';
import {
  type ConfigurationStatuses,
  patchSection,
  replaceSection,
  type Section,
  Twin,
  twinEtag,
  withWritten,
} from './twin.ts';
import { readChange, type TwinChange } from './twin-change.ts';
import { checkSection, fitSection, fitTags } from './twin-rules.ts';

interface Surroundings {
  /** The hub's time. */
  readonly at: string;
  readonly limits: Limits;
}

/** A twin after a patch. */
interface PatchedTwin {
  readonly twin: Twin;
  /** What was written, for events. */
  readonly patch: TwinChange;
  /** The patch of desired properties that the device gets, if any were written. */
  readonly forDevice: JsonObject | undefined;
}

/** What a patch of a service makes of a twin; undefined if it says nothing. Throws as `Twins.patch` does. */
export const patchedTwin = (
  member: Member,
  body: Json,
  { ifMatch, at, limits }: Surroundings & { readonly ifMatch?: IfMatch | undefined },
): PatchedTwin | undefined => {
  demandUserModule(member.identity);
  const change = readChange(member.key, body);
  checkChange(change, limits);
  demandMatch(member.twin, ifMatch);
  const { twin } = member;
  const [writesTags, writesDesired] = [isWritten(change.tags), isWritten(change.desired)];
  if (!writesTags && !writesDesired) return undefined;
  const tags = writesTags ? (change.tags === null ? {} : mergePatch(twin.tags, change.tags ?? {})) : twin.tags;
  if (writesTags) fitTags(twin.tags, tags, limits.tagsBytes);
  const forDevice = change.desired === null ? replacementPatch(twin.desired.values, {}) : (change.desired ?? {});
  const section =
    change.desired === null
      ? replaceSection(twin.desired, {}, { at, counted: true })
      : patchSection(twin.desired, forDevice, { at, counted: true });
  const desired = writesDesired ? fitDesired(twin.desired, section, limits) : twin.desired;
  return {
    twin: withWritten(twin, { tags, desired, configurations: twin.configurations }),
    patch: {
      ...(writesTags ? { tags: change.tags ?? null } : {}),
      ...(writesDesired ? { desired: change.desired ?? null } : {}),
    },
    forDevice: writesDesired ? forDevice : undefined,
  };
};

const isWritten = (section: JsonObject | null | undefined): boolean =>
  section === null || (section !== undefined && Object.keys(section).length > 0);

/** What automatic configurations make of a twin. Throws as `Twins.configure` does. */
export const configuredTwin = (
  twin: Twin,
  { desired, statuses }: { readonly desired: JsonObject; readonly statuses: ConfigurationStatuses },
  { at, limits }: Surroundings,
): Twin => {
  const configurations = Object.keys(statuses).length === 0 ? undefined : statuses;
  if (Object.keys(desired).length === 0) return new Twin({ ...twin, configurations });
  checkSection(desired, limits);
  const section = fitDesired(twin.desired, patchSection(twin.desired, desired, { at, counted: true }), limits);
  return withWritten(twin, { tags: twin.tags, desired: section, configurations });
};

export const checkChange = (change: TwinChange, limits: Limits): void => {
  if (change.tags) checkSection(change.tags, limits);
  if (change.desired) checkSection(change.desired, limits);
};

export const fitDesired = (before: Section, after: Section, limits: Limits): Section =>
  fitSection('Desired', before, after, limits.desiredBytes);

export const demandMatch = (twin: Twin, ifMatch: IfMatch | undefined): void => {
  if (ifMatch !== undefined && !matches(ifMatch, twinEtag(twin.etag)))
    throw new HubError('PreconditionFailed', 'PreconditionFailed, ETag may be invalid.');
};
