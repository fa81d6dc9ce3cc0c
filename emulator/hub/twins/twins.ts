import { HubError } from '../../../protocol/errors.ts';
import type { IfMatch } from '../../../protocol/etag.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { extended, isObject, type Json, type JsonObject } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { type Clock, timestamp } from '../../kernel/clock.ts';
import type { HubBus } from '../events.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { type Member, withTwin } from '../fleet/member.ts';
import type { PresenceTracker } from '../fleet/presence.ts';
import { demandUserModule } from '../fleet/system-modules.ts';
import type { Sessions } from '../messaging/sessions.ts';
import { mergePatch, replacementPatch } from './merge-patch.ts';
import {
  type ConfigurationStatuses,
  patchSection,
  replaceSection,
  Section,
  stampedAs,
  Twin,
  withReported,
  withWritten,
} from './twin.ts';
import { readChange, type TwinChange } from './twin-change.ts';
import { renderForDevice } from './twin-document.ts';
import { checkSection, fitSection, fitTags } from './twin-rules.ts';
import { checkChange, configuredTwin, demandMatch, fitDesired, patchedTwin } from './twin-writes.ts';

/** Room: twins. It sends new desired properties to connected devices. */
export class Twins {
  readonly #fleet: Fleet;
  readonly #presence: PresenceTracker;
  readonly #sessions: Sessions;
  readonly #events: HubBus;
  readonly #clock: Clock;
  readonly #limits: Limits;

  constructor(parts: {
    fleet: Fleet;
    presence: PresenceTracker;
    sessions: Sessions;
    events: HubBus;
    clock: Clock;
    limits: Limits;
  }) {
    this.#fleet = parts.fleet;
    this.#presence = parts.presence;
    this.#sessions = parts.sessions;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#limits = parts.limits;
    this.#sessions.watch({
      opened: ({ key }, { modelId }) => modelId !== undefined && this.announceModel(key, modelId),
    });
  }

  /** Throws DeviceNotFound. */
  get(key: IdentityKey): Member {
    return this.#fleet.get(key);
  }

  /**
   * Merges tags and desired properties of `body` into the twin; other members are ignored.
   * Throws DeviceNotFound, SystemModuleModifyUnauthorizedAccess, ArgumentInvalid, PreconditionFailed,
   * DeviceModelMaxPropertiesExceeded. https://learn.microsoft.com/rest/api/iothub/service/devices/update-twin
   */
  patch(key: IdentityKey, body: Json, ifMatch?: IfMatch): Member {
    const member = this.#fleet.get(key);
    const written = patchedTwin(member, body, { ifMatch, ...this.#now() });
    if (written === undefined) return member;
    const next = this.#store(member, written.twin);
    this.#events.publish({ type: 'twin.updated', key, patch: written.patch, twin: next.twin });
    if (written.forDevice !== undefined) this.#deliver(key, written.forDevice, next.twin.desired.version);
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

  /** Replaces the sections that `body` has and leaves the others. Throws as `patch` does. */
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
   * Writes for automatic configurations: a patch of desired properties, and which configurations target the twin, in one
   * write. Throws as `patch` does.
   */
  configure(key: IdentityKey, desired: JsonObject, statuses: ConfigurationStatuses): Member {
    const member = this.#fleet.get(key);
    const next = this.#store(member, configuredTwin(member.twin, { desired, statuses }, this.#now()));
    if (Object.keys(desired).length === 0) {
      this.#events.publish({ type: 'twin.targeted', key, twin: next.twin });
      return next;
    }
    this.#events.publish({ type: 'twin.updated', key, patch: { desired }, twin: next.twin });
    this.#deliver(key, desired, next.twin.desired.version);
    return next;
  }

  /** Sets the IoT Plug and Play model of a device or module; versions and etag stay. Throws DeviceNotFound. */
  announceModel(key: IdentityKey, modelId: string): void {
    const member = this.#fleet.get(key);
    if (member.twin.modelId === modelId) return;
    const { twin } = this.#store(member, new Twin({ ...member.twin, modelId }));
    this.#events.publish({ type: 'twin.model-announced', key, modelId, twin });
  }

  /** Replaces times and versions of desired properties by those of another hub. Throws DeviceNotFound. */
  backdate(key: IdentityKey, metadata: JsonObject): void {
    const member = this.#fleet.get(key);
    const { desired } = member.twin;
    const backdated = new Section({ ...desired, metadata: stampedAs(desired.metadata, metadata) });
    const next = this.#store(member, new Twin({ ...member.twin, desired: backdated }));
    this.#events.publish({ type: 'twin.replaced', key, twin: next.twin });
  }

  /** The twin as its device reads it. Throws DeviceNotFound. */
  read(key: IdentityKey): JsonObject {
    const { twin } = this.#fleet.get(key);
    this.#presence.touch(key);
    return renderForDevice(twin);
  }

  /**
   * Merges reported properties; returns the new `$version`. Events and history keep `patch`: it must not change afterwards.
   * `text`: the same as JSON, as it was sent, if it is at hand: the history need not write it then.
   * Throws DeviceNotFound, ArgumentInvalid, PreconditionFailed, DeviceModelMaxPropertiesExceeded.
   * https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#update-device-twins-reported-properties
   */
  report(key: IdentityKey, patch: Json, expectedVersion?: number, text?: string): number {
    const member = this.#fleet.get(key);
    if (!isObject(patch)) throw new HubError('ArgumentInvalid', 'Reported properties must be a JSON object.');
    checkSection(patch, this.#limits);
    const { twin } = member;
    if (expectedVersion !== undefined && expectedVersion !== twin.reported.version)
      throw new HubError('PreconditionFailed', `Precondition failed: reported $version is ${twin.reported.version}`);
    const at = timestamp(this.#clock.now());
    const patched = patchSection(twin.reported, patch, { at, counted: false });
    const reported = fitSection('Reported', twin.reported, patched, this.#limits.reportedBytes);
    const next = withTwin(this.#presence.touched(member, at), withReported(twin, reported));
    this.#fleet.set(next, { patch, text });
    this.#events.publish({ type: 'twin.reported', key, patch, text, twin: next.twin });
    return reported.version;
  }

  /** Replaces the sections that `change` has. */
  #replace(key: IdentityKey, change: TwinChange, ifMatch: IfMatch): Member {
    const member = this.#fleet.get(key);
    demandUserModule(member.identity);
    checkChange(change, this.#limits);
    demandMatch(member.twin, ifMatch);
    const { twin } = member;
    const at = timestamp(this.#clock.now());
    const tags = change.tags === undefined ? twin.tags : mergePatch(undefined, change.tags ?? {});
    fitTags(twin.tags, tags, this.#limits.tagsBytes);
    const desired =
      change.desired === undefined
        ? twin.desired
        : fitDesired(
            twin.desired,
            replaceSection(twin.desired, change.desired ?? {}, { at, counted: true }),
            this.#limits,
          );
    const next = this.#store(member, withWritten(twin, { tags, desired, configurations: twin.configurations }));
    this.#events.publish({ type: 'twin.replaced', key, twin: next.twin });
    if (change.desired !== undefined)
      this.#deliver(key, replacementPatch(twin.desired.values, desired.values), desired.version);
    return next;
  }

  #now() {
    return { at: timestamp(this.#clock.now()), limits: this.#limits };
  }

  #store(member: Member, twin: Twin): Member {
    const next = withTwin(member, twin);
    this.#fleet.set(next);
    return next;
  }

  #deliver(key: IdentityKey, patch: JsonObject, version: number): void {
    this.#sessions
      .find(key, 'desired')
      ?.deliver({ type: 'desired', patch: extended(patch, { $version: version }), version });
  }
}
