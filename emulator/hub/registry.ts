import { HubError } from '../../protocol/errors.ts';
import { type IfMatch, matches } from '../../protocol/etag.ts';
import { type IdentityKey, type IdentityName, keyOf, nameOf } from '../../protocol/identity-key.ts';
import type { Json } from '../../protocol/json.ts';
import type { Limits } from '../../protocol/limits.ts';
import { type Clock, timestamp } from './clock.ts';
import type { Bus } from './events.ts';
import type { Fleet } from './fleet.ts';
import { checkName, type Identity, newIdentity, readIdentity } from './identity.ts';
import type { Ids } from './ids.ts';
import { absent, type Member } from './member.ts';
import type { Sessions } from './sessions.ts';
import { newTwin } from './twin.ts';

export interface DeviceStatistics {
  readonly totalDeviceCount: number;
  readonly enabledDeviceCount: number;
  readonly disabledDeviceCount: number;
}

/** Room: which devices and modules there are. */
export class Registry {
  readonly #fleet: Fleet;
  readonly #sessions: Sessions;
  readonly #events: Bus;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #limits: Limits;
  readonly #hostName: string;
  readonly #modulesOf = new Map<string, Set<IdentityKey>>();
  #disabled = 0;

  constructor(parts: {
    fleet: Fleet;
    sessions: Sessions;
    events: Bus;
    clock: Clock;
    ids: Ids;
    limits: Limits;
    hostName: string;
  }) {
    this.#fleet = parts.fleet;
    this.#sessions = parts.sessions;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#limits = parts.limits;
    this.#hostName = parts.hostName;
    for (const member of this.#fleet.devices.rows()) this.#count(undefined, member);
    for (const member of this.#fleet.modules.rows()) this.#list(undefined, member);
    this.#fleet.devices.watch((_, before, after) => this.#count(before, after));
    this.#fleet.modules.watch((_, before, after) => this.#list(before, after));
  }

  find(key: IdentityKey): Member | undefined {
    return this.#fleet.find(key);
  }

  /** Throws DeviceNotFound, or ModuleNotFound for a module. */
  get(key: IdentityKey): Member {
    const { deviceId, moduleId } = nameOf(key);
    const device = this.#fleet.get(deviceId);
    if (moduleId === undefined) return device;
    const module = this.#fleet.find(key);
    if (module === undefined)
      throw new HubError('ModuleNotFound', `Module ${moduleId} of device ${deviceId} not found`);
    return module;
  }

  /** Up to `top` devices (1 … 1000) in registry order. Throws ArgumentInvalid. */
  list(top: number = this.#limits.listMax): Member[] {
    if (!Number.isInteger(top) || top < 1 || top > this.#limits.listMax)
      throw new HubError('ArgumentInvalid', `top must be between 1 and ${this.#limits.listMax}`);
    const devices: Member[] = [];
    for (const device of this.#fleet.devices.rows()) {
      if (devices.length === top) break;
      devices.push(device);
    }
    return devices;
  }

  /** Throws DeviceNotFound. */
  modules(deviceId: string): Member[] {
    this.#fleet.get(deviceId);
    return [...(this.#modulesOf.get(deviceId) ?? [])].map((key) => this.#fleet.get(key));
  }

  /**
   * Without `ifMatch` creates, with it replaces.
   * Throws ArgumentInvalid, DeviceAlreadyExists, ModuleAlreadyExistsOnDevice, DeviceNotFound, ModuleNotFound,
   * PreconditionFailed, TooManyDevices, TooManyModulesOnDevice.
   * https://learn.microsoft.com/rest/api/iothub/service/devices/create-or-update-identity
   */
  put(name: IdentityName, body: Json, ifMatch?: IfMatch): Member {
    return ifMatch === undefined ? this.create(name, body) : this.replace(name, body, ifMatch);
  }

  create(name: IdentityName, body: Json): Member {
    const key = keyOf(name);
    const spec = this.#read(name, body, 0);
    if (name.moduleId !== undefined) this.#fleet.get(name.deviceId);
    if (name.moduleId?.startsWith('$')) throw new HubError('ArgumentInvalid', `Invalid module id: ${name.moduleId}`);
    if (this.#fleet.find(key) !== undefined) throw this.#exists(name);
    this.#demandRoom(name);
    const generationId = this.#ids.generationId();
    const at = timestamp(this.#clock.now());
    const member: Member = {
      key,
      identity: newIdentity(name, spec, { etag: this.#ids.etag(), generationId }),
      twin: newTwin(at),
      presence: absent,
      pendingMessages: 0,
    };
    this.#fleet.set(member);
    this.#events.publish({ type: 'identity.created', key, identity: member.identity, twin: member.twin });
    return member;
  }

  replace(name: IdentityName, body: Json, ifMatch: IfMatch): Member {
    checkName(name);
    const member = this.get(keyOf(name));
    const before = member.identity;
    const spec = this.#read(name, body, before.keyGeneration);
    this.#demandMatch(before, ifMatch);
    const identity: Identity = {
      ...before,
      ...spec,
      etag: this.#ids.etag(before.etag),
      statusUpdatedTime: spec.status === before.status ? before.statusUpdatedTime : timestamp(this.#clock.now()),
    };
    this.#fleet.set({ ...member, identity });
    this.#events.publish({ type: 'identity.replaced', key: member.key, identity, twin: member.twin });
    if (identity.status === 'disabled') this.#dropAll(member.key);
    return this.#fleet.get(member.key);
  }

  /**
   * Removes a device with its modules, or one module. Throws PreconditionFailed without `ifMatch`.
   * https://learn.microsoft.com/rest/api/iothub/service/devices/delete-identity
   */
  delete(name: IdentityName, ifMatch: IfMatch): void {
    checkName(name);
    if (ifMatch === undefined) throw new HubError('PreconditionFailed', 'Precondition failed: Etag missing');
    const member = this.get(keyOf(name));
    this.#demandMatch(member.identity, ifMatch);
    for (const key of [...(this.#modulesOf.get(member.key) ?? [])]) this.#remove(this.#fleet.get(key));
    this.#remove(member);
  }

  statistics(): DeviceStatistics {
    const total = this.#fleet.devices.size;
    return {
      totalDeviceCount: total,
      enabledDeviceCount: total - this.#disabled,
      disabledDeviceCount: this.#disabled,
    };
  }

  #read(name: IdentityName, body: Json, generation: number) {
    const key = keyOf(name);
    const makeKey = (which: 'primary' | 'secondary'): string => this.#ids.symmetricKey(key, which, generation);
    return readIdentity(name, body, { limits: this.#limits, makeKey });
  }

  #remove(member: Member): void {
    this.#sessions.forget(member.key, 'deleted');
    this.#fleet.delete(member.key);
    this.#events.publish({ type: 'identity.deleted', key: member.key, identity: member.identity, twin: member.twin });
  }

  /** A disabled device takes its modules off the line with it. */
  #dropAll(key: IdentityKey): void {
    this.#sessions.drop(key, 'disabled');
    for (const module of this.#modulesOf.get(key) ?? []) this.#sessions.drop(module, 'disabled');
  }

  #demandMatch(identity: Identity, ifMatch: IfMatch): void {
    if (matches(ifMatch, identity.etag)) return;
    throw new HubError(
      'PreconditionFailed',
      `Precondition failed: Device version did not match, existingVersion:${versionOf(identity.etag)} newVersion:${versionOf(ifMatch ?? '')}`,
    );
  }

  #demandRoom({ deviceId, moduleId }: IdentityName): void {
    if (this.#fleet.devices.size + this.#fleet.modules.size >= this.#limits.devices)
      throw new HubError('TooManyDevices', `The hub holds ${this.#limits.devices} devices and modules already.`);
    if (moduleId !== undefined && (this.#modulesOf.get(deviceId)?.size ?? 0) >= this.#limits.modulesPerDevice)
      throw new HubError(
        'TooManyModulesOnDevice',
        `Device ${deviceId} has ${this.#limits.modulesPerDevice} modules already.`,
      );
  }

  #exists({ deviceId, moduleId }: IdentityName): HubError {
    if (moduleId === undefined)
      return new HubError('DeviceAlreadyExists', `A device with ID '${deviceId}' is already registered.`);
    return new HubError(
      'ModuleAlreadyExistsOnDevice',
      `Device ${deviceId} in IotHub ${this.#hostName.split('.')[0]} already contains Module ${moduleId}.`,
    );
  }

  #count(before: Member | undefined, after: Member | undefined): void {
    if (before?.identity.status === 'disabled') this.#disabled -= 1;
    if (after?.identity.status === 'disabled') this.#disabled += 1;
  }

  #list(before: Member | undefined, after: Member | undefined): void {
    const member = after ?? before;
    if (member === undefined || (before !== undefined && after !== undefined)) return;
    const { deviceId } = member.identity;
    const keys = this.#modulesOf.get(deviceId) ?? new Set();
    if (after === undefined) keys.delete(member.key);
    else keys.add(member.key);
    if (keys.size === 0) this.#modulesOf.delete(deviceId);
    else this.#modulesOf.set(deviceId, keys);
  }
}

/** The decimal inside an identity etag, or the text itself where there is none. */
const versionOf = (etag: string): string => {
  try {
    const text = atob(etag);
    return /^\d+$/.test(text) ? text : etag;
  } catch {
    return etag;
  }
};
