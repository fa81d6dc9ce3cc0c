import { HubError } from '../../../protocol/errors.ts';
import type { IfMatch } from '../../../protocol/etag.ts';
import { type IdentityKey, type IdentityName, keyOf } from '../../../protocol/identity-key.ts';
import type { Json } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { type Clock, timestamp } from '../../kernel/clock.ts';
import type { HubBus } from '../events.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Member } from '../fleet/member.ts';
import { demandUserModule, SYSTEM_MODULES, systemModule } from '../fleet/system-modules.ts';
import type { Ids } from '../ids.ts';
import type { Sessions } from '../messaging/sessions.ts';
import { checkName, demandMatch, type IdentitySpec, readIdentity } from './identity.ts';
import { IdentityRows } from './identity-rows.ts';
import { nextScopes } from './scopes.ts';

export interface DeviceStatistics {
  readonly totalDeviceCount: number;
  readonly enabledDeviceCount: number;
  readonly disabledDeviceCount: number;
}

type Which = 'primary' | 'secondary';

/** Room: the devices and modules of the hub. */
export class Registry {
  readonly #fleet: Fleet;
  readonly #sessions: Sessions;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #limits: Limits;
  readonly #hostName: string;
  readonly #rows: IdentityRows;

  constructor(parts: {
    fleet: Fleet;
    sessions: Sessions;
    events: HubBus;
    clock: Clock;
    ids: Ids;
    limits: Limits;
    hostName: string;
  }) {
    this.#fleet = parts.fleet;
    this.#sessions = parts.sessions;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#limits = parts.limits;
    this.#hostName = parts.hostName;
    this.#rows = new IdentityRows(parts);
  }

  find(key: IdentityKey): Member | undefined {
    return this.#fleet.find(key);
  }

  /** Throws DeviceNotFound, or ModuleNotFound for a module. */
  get(key: IdentityKey): Member {
    return this.#fleet.identify(key);
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
    return this.#rows.modulesOf(deviceId);
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
    this.#demandCapacity(name);
    const member = this.#rows.create(name, spec);
    if (spec.iotEdge) this.#createSystemModules(name.deviceId);
    return member;
  }

  /** Creates the modules that an edge device lacks, as a deployment does. Throws ArgumentInvalid, TooManyModulesOnDevice. */
  createEdgeModules(deviceId: string, moduleIds: readonly string[]): void {
    for (const moduleId of moduleIds) {
      const name = { deviceId, moduleId };
      if (this.#fleet.find(keyOf(name)) !== undefined) continue;
      this.#demandCapacity(name);
      this.#rows.create(name, { ...this.#read(name, {}, 0), managedBy: 'iotEdge' });
    }
  }

  replace(name: IdentityName, body: Json, ifMatch: IfMatch): Member {
    checkName(name, this.#limits);
    const member = this.get(keyOf(name));
    const before = member.identity;
    const spec = this.#read(name, body, before.keyGeneration);
    demandUserModule(before);
    demandMatch(before, ifMatch);
    const next = this.#rows.rewrite(member, {
      ...before,
      ...spec,
      ...nextScopes(before, spec),
      statusUpdatedTime: spec.status === before.status ? before.statusUpdatedTime : timestamp(this.#clock.now()),
    });
    if (spec.status === 'disabled') this.#dropAll(next.key);
    if (spec.iotEdge && !before.iotEdge) this.#createSystemModules(before.deviceId);
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
    return this.#rows.rewrite(member, {
      ...member.identity,
      keyGeneration: generation,
      authentication: {
        type: authentication.type,
        primaryKey: made('primary', authentication.primaryKey),
        secondaryKey: made('secondary', authentication.secondaryKey),
        primaryThumbprint: authentication.primaryThumbprint,
        secondaryThumbprint: authentication.secondaryThumbprint,
      },
    });
  }

  /**
   * Removes a device with its modules, or one module. Throws PreconditionFailed without `ifMatch`.
   * https://learn.microsoft.com/rest/api/iothub/service/devices/delete-identity
   */
  delete(name: IdentityName, ifMatch: IfMatch): void {
    checkName(name, this.#limits);
    if (ifMatch === undefined) throw new HubError('PreconditionFailed', 'Precondition failed: Etag missing');
    const member = this.get(keyOf(name));
    demandUserModule(member.identity);
    demandMatch(member.identity, ifMatch);
    for (const module of this.#rows.modulesOf(member.key)) this.#rows.remove(module);
    this.#rows.remove(member);
  }

  /**
   * Makes an edge device the parent of a device. Throws as `get` does, InvalidDeviceScope.
   * https://learn.microsoft.com/azure/iot-edge/how-to-connect-downstream-iot-edge-device
   */
  adopt(deviceId: string, parentId: string): Member {
    const { deviceScope } = this.get(parentId).identity;
    if (deviceScope === undefined) throw new HubError('InvalidDeviceScope', `${parentId} is not an edge device.`);
    const device = this.get(deviceId);
    // a leaf device is in the scope of its parent, an edge device has a scope of its own and names the parent's
    const scopes = device.identity.iotEdge ? { parentScopes: [deviceScope] } : { deviceScope };
    return this.#rows.put(device, { ...device.identity, ...scopes });
  }

  /** Removes the credentials of a module: modules of deployments have none. Throws as `get` does. */
  withdrawCredentials(key: IdentityKey): Member {
    const member = this.get(key);
    return this.#rows.put(member, { ...member.identity, authentication: systemModule.authentication });
  }

  /** Takes a row as it is, without checks; the caller publishes the event. */
  load(member: Member): void {
    this.#rows.load(member);
  }

  /** Removes all devices and modules, and ends their sessions; the caller publishes the event. */
  clear(): void {
    this.#rows.clear();
  }

  statistics(): DeviceStatistics {
    const total = this.#fleet.devices.size;
    const disabled = this.#rows.counters.disabledDevices;
    return { totalDeviceCount: total, enabledDeviceCount: total - disabled, disabledDeviceCount: disabled };
  }

  #read(name: IdentityName, body: Json, generation: number): IdentitySpec {
    const makeKey = (which: Which): string => this.#ids.symmetricKey(keyOf(name), which, generation);
    return readIdentity(name, body, { limits: this.#limits, makeKey });
  }

  #createSystemModules(deviceId: string): void {
    for (const moduleId of SYSTEM_MODULES) this.#rows.create({ deviceId, moduleId }, systemModule);
  }

  #removeSystemModules(deviceId: string): void {
    for (const moduleId of SYSTEM_MODULES) {
      const module = this.#fleet.find(keyOf({ deviceId, moduleId }));
      if (module !== undefined) this.#rows.remove(module);
    }
  }

  /** A disabled device is disconnected together with its modules. */
  #dropAll(key: IdentityKey): void {
    this.#sessions.drop(key, 'disabled');
    for (const module of this.#rows.modulesOf(key)) this.#sessions.drop(module.key, 'disabled');
  }

  #demandCapacity({ deviceId, moduleId }: IdentityName): void {
    if (this.#fleet.devices.size + this.#fleet.modules.size >= this.#limits.devices)
      throw new HubError('TooManyDevices', `The hub holds ${this.#limits.devices} devices and modules already.`);
    if (moduleId !== undefined && this.#rows.counters.moduleCount(deviceId) >= this.#limits.modulesPerDevice)
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
