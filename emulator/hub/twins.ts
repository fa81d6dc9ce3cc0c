import { HubError } from '../../protocol/errors.ts';
import { type IfMatch, matches } from '../../protocol/etag.ts';
import { type IdentityKey, nameOf } from '../../protocol/identity-key.ts';
import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';
import type { Limits } from '../../protocol/limits.ts';
import { type Clock, timestamp } from './clock.ts';
import type { Bus, TwinChange } from './events.ts';
import type { Fleet } from './fleet.ts';
import { type Member, renderForDevice, withTwin } from './member.ts';
import { active, type Sessions } from './sessions.ts';
import { demandUserModule } from './system-modules.ts';
import {
  mergePatch,
  patchSection,
  replacementPatch,
  replaceSection,
  type Section,
  stampedAs,
  type Twin,
  twinEtag,
  withReported,
} from './twin.ts';
import { checkSection, fitSection, fitTags } from './twin-rules.ts';

/** Room: reads and writes twins, and tells connected devices of new desired properties. */
export class Twins {
  readonly #fleet: Fleet;
  readonly #sessions: Sessions;
  readonly #events: Bus;
  readonly #clock: Clock;
  readonly #limits: Limits;

  constructor(parts: { fleet: Fleet; sessions: Sessions; events: Bus; clock: Clock; limits: Limits }) {
    this.#fleet = parts.fleet;
    this.#sessions = parts.sessions;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#limits = parts.limits;
  }

  /** Throws DeviceNotFound. */
  get(key: IdentityKey): Member {
    return this.#fleet.get(key);
  }

  /**
   * Merges tags and desired properties of `body` into the twin; everything else in it is ignored.
   * Throws DeviceNotFound, SystemModuleModifyUnauthorizedAccess, ArgumentInvalid, PreconditionFailed,
   * DeviceModelMaxPropertiesExceeded. https://learn.microsoft.com/rest/api/iothub/service/devices/update-twin
   */
  patch(key: IdentityKey, body: Json, ifMatch?: IfMatch): Member {
    const member = this.#fleet.get(key);
    demandUserModule(member.identity);
    const change = readChange(key, body);
    this.#check(change);
    demandMatch(member.twin, ifMatch);
    const { twin } = member;
    const writesTags = change.tags === null || (change.tags !== undefined && Object.keys(change.tags).length > 0);
    const writesDesired =
      change.desired === null || (change.desired !== undefined && Object.keys(change.desired).length > 0);
    if (!writesTags && !writesDesired) return member;
    const at = timestamp(this.#clock.now());
    const tags = writesTags ? (change.tags === null ? {} : mergePatch(twin.tags, change.tags ?? {})) : twin.tags;
    if (writesTags) fitTags(twin.tags, tags, this.#limits.tagsBytes);
    const heard = change.desired === null ? replacementPatch(twin.desired.values, {}) : (change.desired ?? {});
    const desired = writesDesired
      ? this.#fit(
          twin.desired,
          change.desired === null
            ? replaceSection(twin.desired, {}, { at, counted: true })
            : patchSection(twin.desired, heard, { at, counted: true }),
        )
      : twin.desired;
    const next = this.#store(member, { ...twin, tags, desired, etag: twin.etag + 1, version: twin.version + 1 });
    this.#events.publish({
      type: 'twin.updated',
      key,
      patch: {
        ...(writesTags ? { tags: change.tags ?? null } : {}),
        ...(writesDesired ? { desired: change.desired ?? null } : {}),
      },
      twin: next.twin,
    });
    if (writesDesired) this.#tell(key, heard, desired.version);
    return next;
  }

  /**
   * Replaces tags and desired properties; a section that `body` leaves out is emptied.
   * Throws as `patch` does. https://learn.microsoft.com/rest/api/iothub/service/devices/replace-twin
   */
  replace(key: IdentityKey, body: Json, ifMatch?: IfMatch): Member {
    const { twin } = this.#fleet.get(key);
    const { tags, desired } = readChange(key, body);
    const writesTags = tags !== undefined || twin.tags !== undefined;
    return this.#replace(key, { ...(writesTags ? { tags: tags ?? {} } : {}), desired: desired ?? {} }, ifMatch);
  }

  /** Replaces the sections that `body` holds and leaves the others. Throws as `patch` does. */
  replaceSections(key: IdentityKey, body: Json, ifMatch?: IfMatch): Member {
    this.#fleet.get(key);
    return this.#replace(key, readChange(key, body), ifMatch);
  }

  /** Replaces the tags alone. Throws as `patch` does. */
  replaceTags(key: IdentityKey, tags: Json, ifMatch?: IfMatch): Member {
    return this.replaceSections(key, { tags }, ifMatch);
  }

  /** Replaces the desired properties alone. Throws as `patch` does. */
  replaceDesired(key: IdentityKey, desired: Json, ifMatch?: IfMatch): Member {
    return this.replaceSections(key, { properties: { desired } }, ifMatch);
  }

  /**
   * What automatic configurations do: a patch of desired properties and their marks, in one write.
   * Throws as `patch` does.
   */
  configure(key: IdentityKey, desired: JsonObject, marks: NonNullable<Twin['configurations']>): Member {
    const member = this.#fleet.get(key);
    const configurations = Object.keys(marks).length === 0 ? undefined : marks;
    if (Object.keys(desired).length === 0) {
      const next = this.#store(member, { ...member.twin, configurations });
      this.#events.publish({ type: 'twin.marked', key, twin: next.twin });
      return next;
    }
    this.#check({ desired });
    const { twin } = member;
    const patched = patchSection(twin.desired, desired, { at: timestamp(this.#clock.now()), counted: true });
    const section = this.#fit(twin.desired, patched);
    const counters = { etag: twin.etag + 1, version: twin.version + 1 };
    const next = this.#store(member, { ...twin, ...counters, desired: section, configurations });
    this.#events.publish({ type: 'twin.updated', key, patch: { desired }, twin: next.twin });
    this.#tell(key, desired, section.version);
    return next;
  }

  /** Takes over when, elsewhere, the desired properties were written. Throws DeviceNotFound. */
  backdate(key: IdentityKey, metadata: JsonObject): void {
    const member = this.#fleet.get(key);
    const { desired } = member.twin;
    const backdated = { ...desired, metadata: stampedAs(desired.metadata, metadata) };
    const next = this.#store(member, { ...member.twin, desired: backdated });
    this.#events.publish({ type: 'twin.replaced', key, twin: next.twin });
  }

  /** What the device sees of its own twin. Throws DeviceNotFound. */
  read(key: IdentityKey): JsonObject {
    const member = this.#fleet.get(key);
    this.#fleet.set(active(member, timestamp(this.#clock.now())));
    return renderForDevice(member.twin);
  }

  /**
   * Merges reported properties; returns the new `$version`.
   * Throws DeviceNotFound, ArgumentInvalid, PreconditionFailed, DeviceModelMaxPropertiesExceeded.
   * https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#update-device-twins-reported-properties
   */
  report(key: IdentityKey, patch: Json, expectedVersion?: number): number {
    const member = this.#fleet.get(key);
    if (!isObject(patch)) throw new HubError('ArgumentInvalid', 'Reported properties must be a JSON object.');
    checkSection(patch, this.#limits);
    const { twin } = member;
    if (expectedVersion !== undefined && expectedVersion !== twin.reported.version)
      throw new HubError('PreconditionFailed', `Precondition failed: reported $version is ${twin.reported.version}`);
    const at = timestamp(this.#clock.now());
    const patched = patchSection(twin.reported, patch, { at, counted: false });
    const reported = fitSection('Reported', twin.reported, patched, this.#limits.reportedBytes);
    const next = withTwin(active(member, at), withReported(twin, reported));
    this.#fleet.set(next);
    this.#events.publish({ type: 'twin.reported', key, patch, twin: next.twin });
    return reported.version;
  }

  /** Replaces the sections that `change` names. */
  #replace(key: IdentityKey, change: TwinChange, ifMatch: IfMatch): Member {
    const member = this.#fleet.get(key);
    demandUserModule(member.identity);
    this.#check(change);
    demandMatch(member.twin, ifMatch);
    const { twin } = member;
    const at = timestamp(this.#clock.now());
    const tags = change.tags === undefined ? twin.tags : mergePatch(undefined, change.tags ?? {});
    fitTags(twin.tags, tags, this.#limits.tagsBytes);
    const desired =
      change.desired === undefined
        ? twin.desired
        : this.#fit(twin.desired, replaceSection(twin.desired, change.desired ?? {}, { at, counted: true }));
    const next = this.#store(member, { ...twin, tags, desired, etag: twin.etag + 1, version: twin.version + 1 });
    this.#events.publish({ type: 'twin.replaced', key, twin: next.twin });
    if (change.desired !== undefined)
      this.#tell(key, replacementPatch(twin.desired.values, desired.values), desired.version);
    return next;
  }

  #check(change: TwinChange): void {
    if (change.tags) checkSection(change.tags, this.#limits);
    if (change.desired) checkSection(change.desired, this.#limits);
  }

  #fit(before: Section, after: Section): Section {
    return fitSection('Desired', before, after, this.#limits.desiredBytes);
  }

  #store(member: Member, twin: Twin): Member {
    const next = withTwin(member, twin);
    this.#fleet.set(next);
    return next;
  }

  #tell(key: IdentityKey, patch: JsonObject, version: number): void {
    this.#sessions.find(key, 'desired')?.deliver({ type: 'desired', patch: { ...patch, $version: version }, version });
  }
}

/** The writable part of a twin document; a fetched twin may be sent back as it is. */
const readChange = (key: IdentityKey, body: Json): TwinChange => {
  if (!isObject(body)) throw new HubError('ArgumentInvalid', 'The twin must be a JSON object.');
  const deviceId = own(body, 'deviceId');
  if (typeof deviceId === 'string' && deviceId !== '' && deviceId !== nameOf(key).deviceId)
    throw new HubError('ArgumentInvalid', 'deviceId in the request body does not match the one in the URI.');
  const properties = own(body, 'properties');
  if (properties !== undefined && properties !== null && !isObject(properties)) throw notASection('properties');
  const tags = sectionOf(body, 'tags');
  const desired = isObject(properties) ? sectionOf(properties, 'desired') : undefined;
  return {
    ...(tags === undefined ? {} : { tags }),
    ...(desired === undefined ? {} : { desired: desired === null ? null : withoutSystemKeys(desired) }),
  };
};

const sectionOf = (object: JsonObject, name: string): JsonObject | null | undefined => {
  const section = own(object, name);
  if (section === undefined || section === null || isObject(section)) return section;
  throw notASection(name);
};

const notASection = (name: string): HubError => new HubError('ArgumentInvalid', `'${name}' must be a JSON object.`);

/** C# sends `$metadata` and `$version` back with a fetched twin. */
const withoutSystemKeys = (desired: JsonObject): JsonObject => {
  if (!Object.hasOwn(desired, '$metadata') && !Object.hasOwn(desired, '$version')) return desired;
  return Object.fromEntries(Object.entries(desired).filter(([key]) => key !== '$metadata' && key !== '$version'));
};

const demandMatch = (twin: Twin, ifMatch: IfMatch): void => {
  if (!matches(ifMatch, twinEtag(twin.etag)))
    throw new HubError('PreconditionFailed', 'PreconditionFailed, ETag may be invalid.');
};
