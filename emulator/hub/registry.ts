import { HubError } from '../../protocol/errors.ts';
import type { IfMatch } from '../../protocol/etag.ts';
import { type IdentityKey, type IdentityName, keyOf, nameOf } from '../../protocol/identity-key.ts';
import type { Json } from '../../protocol/json.ts';
import type { Limits } from '../../protocol/limits.ts';
import { Census } from './census.ts';
import { type Clock, timestamp } from './clock.ts';
import type { Bus } from './events.ts';
import type { Fleet } from './fleet.ts';
import { checkName, demandMatch, type Identity, type IdentitySpec, newIdentity, readIdentity } from './identity.ts';
import type { Ids } from './ids.ts';
import { absent, type Member } from './member.ts';
import { newScopes, nextScopes } from './scopes.ts';
import type { Sessions } from './sessions.ts';
import { demandUserModule, SYSTEM_MODULES, systemModule } from './system-modules.ts';
import { newTwin } from './twin.ts';

export interface DeviceStatistics {
  readonly totalDeviceCount: number;
  readonly enabledDeviceCount: number;
  readonly disabledDeviceCount: number;
}

type Which = 'primary' | 'secondary';

/** Room: which devices and modules there are. */
export class Registry {
  readonly #fleet: Fleet;
  readonly #sessions: Sessions;
  readonly #events: Bus;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #limits: Limits;
  readonly #hostName: string;
  readonly #census: Census;

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
    this.#census = new Census(parts.fleet);
  }

  find(key: IdentityKey): Member | undefined {
    return this.#fleet.find(key);
  }

  /** Throws DeviceNotFound, or ModuleNotFound for a module. */
  get(key: IdentityKey): Member {
    const { deviceId, moduleId } = nameOf(key);
    const device = this.#fleet.get(deviceId);
    const member = moduleId === undefined ? device : this.#fleet.find(key);
    if (member !== undefined) return member;
    throw new HubError('ModuleNotFound', `Module ${moduleId} of device ${deviceId} not found`);
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
    return this.#census.modulesOf(deviceId).map((key) => this.#fleet.get(key));
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
    const member = this.#admit(name, spec);
    if (spec.iotEdge) this.#admitSystemModules(name.deviceId);
    return member;
  }

  /** Makes the modules that an edge device lacks, as the hub itself. Throws ArgumentInvalid, TooManyModulesOnDevice. */
  createEdgeModules(deviceId: string, moduleIds: readonly string[]): void {
    for (const moduleId of moduleIds) {
      const name = { deviceId, moduleId };
      if (this.#fleet.find(keyOf(name)) !== undefined) continue;
      this.#demandRoom(name);
      this.#admit(name, { ...this.#read(name, {}, 0), managedBy: 'iotEdge' });
    }
  }

  replace(name: IdentityName, body: Json, ifMatch: IfMatch): Member {
    checkName(name);
    const member = this.get(keyOf(name));
    const before = member.identity;
    const spec = this.#read(name, body, before.keyGeneration);
    demandUserModule(before);
    demandMatch(before, ifMatch);
    const next = this.#rewrite(member, {
      ...before,
      ...spec,
      ...nextScopes(before, spec),
      statusUpdatedTime: spec.status === before.status ? before.statusUpdatedTime : timestamp(this.#clock.now()),
    });
    if (spec.status === 'disabled') this.#dropAll(next.key);
    if (spec.iotEdge && !before.iotEdge) this.#admitSystemModules(before.deviceId);
    if (!spec.iotEdge && before.iotEdge) this.#removeSystemModules(before.deviceId);
    return this.#fleet.get(next.key);
  }

  /**
   * Makes new symmetric keys. Throws as `get` does, InvalidOperation for an identity without symmetric keys.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-identity-registry#device-credentials
   */
  regenerateKeys(key: IdentityKey, which: Which | 'both'): Member {
    const member = this.get(key);
    const { authentication, keyGeneration } = member.identity;
    if (authentication.type !== 'sas') throw new HubError('InvalidOperation', `${key} has no symmetric keys.`);
    const generation = keyGeneration + 1;
    const made = (name: Which, kept: string | null): string | null =>
      which === name || which === 'both' ? this.#ids.symmetricKey(key, name, generation) : kept;
    return this.#rewrite(member, {
      ...member.identity,
      keyGeneration: generation,
      authentication: {
        ...authentication,
        primaryKey: made('primary', authentication.primaryKey),
        secondaryKey: made('secondary', authentication.secondaryKey),
      },
    });
  }

  /**
   * Removes a device with its modules, or one module. Throws PreconditionFailed without `ifMatch`.
   * https://learn.microsoft.com/rest/api/iothub/service/devices/delete-identity
   */
  delete(name: IdentityName, ifMatch: IfMatch): void {
    checkName(name);
    if (ifMatch === undefined) throw new HubError('PreconditionFailed', 'Precondition failed: Etag missing');
    const member = this.get(keyOf(name));
    demandUserModule(member.identity);
    demandMatch(member.identity, ifMatch);
    for (const key of this.#census.modulesOf(member.key)) this.#remove(this.#fleet.get(key));
    this.#remove(member);
  }

  statistics(): DeviceStatistics {
    const total = this.#fleet.devices.size;
    const disabled = this.#census.disabledDevices;
    return { totalDeviceCount: total, enabledDeviceCount: total - disabled, disabledDeviceCount: disabled };
  }

  #read(name: IdentityName, body: Json, generation: number): IdentitySpec {
    const makeKey = (which: Which): string => this.#ids.symmetricKey(keyOf(name), which, generation);
    return readIdentity(name, body, { limits: this.#limits, makeKey });
  }

  #admit(name: IdentityName, spec: IdentitySpec): Member {
    const key = keyOf(name);
    const generationId = this.#ids.generationId();
    const scopes = newScopes(name, spec, generationId);
    const member: Member = {
      key,
      identity: { ...newIdentity(name, spec, { etag: this.#ids.etag(), generationId }), ...scopes },
      twin: newTwin(timestamp(this.#clock.now())),
      presence: absent,
      pendingMessages: 0,
    };
    this.#fleet.set(member);
    this.#events.publish({ type: 'identity.created', key, identity: member.identity, twin: member.twin });
    return member;
  }

  #rewrite(member: Member, identity: Identity): Member {
    const next = { ...member, identity: { ...identity, etag: this.#ids.etag(member.identity.etag) } };
    this.#fleet.set(next);
    this.#events.publish({ type: 'identity.replaced', key: next.key, identity: next.identity, twin: next.twin });
    return next;
  }

  #admitSystemModules(deviceId: string): void {
    for (const moduleId of SYSTEM_MODULES) this.#admit({ deviceId, moduleId }, systemModule);
  }

  #removeSystemModules(deviceId: string): void {
    for (const moduleId of SYSTEM_MODULES) {
      const module = this.#fleet.find(keyOf({ deviceId, moduleId }));
      if (module !== undefined) this.#remove(module);
    }
  }

  #remove(member: Member): void {
    this.#sessions.forget(member.key, 'deleted');
    this.#fleet.delete(member.key);
    this.#events.publish({ type: 'identity.deleted', key: member.key, identity: member.identity, twin: member.twin });
  }

  /** A disabled device takes its modules off the line with it. */
  #dropAll(key: IdentityKey): void {
    this.#sessions.drop(key, 'disabled');
    for (const module of this.#census.modulesOf(key)) this.#sessions.drop(module, 'disabled');
  }

  #demandRoom({ deviceId, moduleId }: IdentityName): void {
    if (this.#fleet.devices.size + this.#fleet.modules.size >= this.#limits.devices)
      throw new HubError('TooManyDevices', `The hub holds ${this.#limits.devices} devices and modules already.`);
    if (moduleId !== undefined && this.#census.moduleCount(deviceId) >= this.#limits.modulesPerDevice)
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
}
